import Glibc
public import SystemPackage

/// What is asked of the machine and of the surroundings of the process.
public enum Host {
  /// Its name (`gethostname`).
  public static var name: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      buffer.initialize(repeating: 0)
      guard gethostname(buffer.baseAddress!, 255) == 0 else { return "localhost" }
      return String(cString: buffer.baseAddress!)
    }
  }

  /// A variable of the environment; nil when it is not set.
  public static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Whether a person looks at it.
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Whether systemd's journal reads it (systemd.exec(5), `JOURNAL_STREAM`).
  public static func isJournal(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard let stream = environment("JOURNAL_STREAM"), fstat(descriptor, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }
}

/// Reading and writing whole things, waiting as long as it takes.
public enum File {
  /// Reads a whole file; beyond the limit, what comes first.
  /// - Parameters:
  ///   - path: `-` is the standard input.
  ///   - limit: in bytes.
  public static func contents(of path: String, atMost limit: Int) throws(Errno) -> [UInt8] {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    defer { if descriptor > 0 { close(descriptor) } }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    var count = 0
    while count < limit {
      if count == bytes.count { bytes += [UInt8](repeating: 0, count: count) }
      let result = bytes.withUnsafeMutableBytes {
        read(descriptor, $0.baseAddress! + count, min($0.count, limit) - count)
      }
      if result == 0 { break }
      if result < 0, errno != EINTR { throw Errno(rawValue: errno) }
      count += max(result, 0)
    }
    return Array(bytes[..<count])
  }

  /// Puts a file in the place of what was there: who reads sees the old or the new one, whatever happens meanwhile. It is its
  /// owner's alone. The folder must be such that one may create a file in it, called as this one and `.new`.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(Errno) {
    let new = path + ".new"
    let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let result = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
      if result < 0, errno != EINTR { throw Errno(rawValue: errno) }
      written += max(result, 0)
    }
    // The name must not be there before the bytes.
    guard fsync(descriptor) == 0, rename(new, path) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Writes all of it, or as much as is taken: where nobody listens any more there is nobody to tell.
  public static func write(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let result = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress!, rest.count)
        if result < 0, errno != EINTR { return }
        rest = rest.dropFirst(max(result, 0))
      }
    }
  }
}
