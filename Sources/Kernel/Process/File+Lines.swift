import Glibc
public import SystemPackage

extension File {
  /// Reads a file of any size line by line.
  /// - Parameters:
  ///   - path: `-` is the standard input.
  ///   - longest: bytes of a line; longer ones are left out.
  ///   - body: is lent each line without its end.
  public static func forEachLine(
    of path: String, longest: Int, _ body: (ArraySlice<UInt8>) -> Void
  ) throws(Errno) {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    defer { if descriptor > 0 { close(descriptor) } }
    var buffer = [UInt8](repeating: 0, count: longest + 1)
    var (count, isTooLong) = (0, false)
    while true {
      let result = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + count, $0.count - count) }
      if result < 0, errno == EINTR { continue }
      guard result >= 0 else { throw Errno(rawValue: errno) }
      if result == 0 { break }
      count += result
      var start = 0
      while let end = buffer[start..<count].firstIndex(of: UInt8(ascii: "\n")) {
        if !isTooLong { body(buffer[start..<end]) }
        (start, isTooLong) = (end + 1, false)
      }
      // What is left begins the next line; a buffer full of it is a line that is too long.
      buffer.replaceSubrange(0..<(count - start), with: Array(buffer[start..<count]))
      count -= start
      if count == buffer.count { (count, isTooLong) = (0, true) }
    }
    if count > 0, !isTooLong { body(buffer[..<count]) }
  }
}
