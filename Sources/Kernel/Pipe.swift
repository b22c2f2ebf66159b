import CLinux
import Glibc
public import SystemPackage

/// pipe2(2): what splice(2) moves bytes through without copying them to user space.
public struct Pipe: ~Copyable, Sendable {
  private let output: Descriptor
  private let input: Descriptor
  /// How many bytes fit, as the kernel granted it.
  public let capacity: Int

  /// - Parameter capacity: in bytes; the kernel grants an unprivileged user no more than
  ///   /proc/sys/fs/pipe-user-pages-soft in all, and EPERM is thrown beyond that.
  public init(capacity: Int) throws(Errno) {
    var ends: (CInt, CInt) = (-1, -1)
    try succeed(withUnsafeMutableBytes(of: &ends) { clinux_pipe($0.baseAddress!.assumingMemoryBound(to: CInt.self)) })
    let output = Descriptor(owning: ends.0)
    let input = Descriptor(owning: ends.1)
    let granted = try check(clinux_set_pipe_size(input.number, CInt(capacity)))
    self.init(output: output, input: input, capacity: Int(granted))
  }

  private init(output: consuming Descriptor, input: consuming Descriptor, capacity: Int) {
    self.output = output
    self.input = input
    self.capacity = capacity
  }

  /// splice(2) from a socket: the number of bytes moved, 0 when the other end will send no more.
  @inline(__always)
  public borrowing func fill(from socket: borrowing Descriptor, atMost count: Int) throws(Errno) -> Int {
    try check(clinux_splice(socket.number, input.number, count, false))
  }

  /// splice(2) to a socket: the number of bytes moved. MSG_NOSIGNAL has no counterpart here: a process that splices ignores
  /// SIGPIPE, or blocks it.
  /// - Parameter isFollowed: more comes right behind, and what does not fill a segment may wait for it (SPLICE_F_MORE).
  @inline(__always)
  public borrowing func drain(
    into socket: borrowing Descriptor, atMost count: Int, isFollowed: Bool
  ) throws(Errno) -> Int {
    try check(clinux_splice(output.number, socket.number, count, isFollowed))
  }
}
