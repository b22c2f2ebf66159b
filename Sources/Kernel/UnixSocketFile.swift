import Glibc
public import SystemPackage
import Wire

/// The file of a listening Unix socket, which outlives its socket unless somebody removes it.
public struct UnixSocketFile: Sendable, Hashable {
  /// Absolute.
  public let path: String
  private let device: dev_t
  private let inode: ino_t

  /// stat(2).
  /// - Parameter path: of a file that is there.
  public init(path: String) throws(Errno) {
    var status = stat()
    try succeed(lstat(path, &status))
    self.path = path
    device = status.st_dev
    inode = status.st_ino
  }

  /// unlink(2), if it is still the same file: another process may have put its own there.
  public func remove() throws(Errno) {
    guard try UnixSocketFile(path: path) == self else { return }
    try succeed(unlink(path))
  }

  /// Removes the file that a process left behind: only if it is a socket, and nobody listens at it.
  /// - Throws: EADDRINUSE when somebody does, or when it is no socket.
  public static func removeStale(_ path: String) throws(Errno) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .addressInUse }
    do throws(Errno) {
      _ = try Descriptor.streamSocket(for: .unix(path)).connect(to: .unix(path))
    } catch .connectionRefused {
      return try succeed(unlink(path))
    } catch {}
    throw .addressInUse
  }
}
