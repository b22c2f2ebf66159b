import Glibc
public import SystemPackage

/// An open file descriptor and its one owner: it is closed when its owner's life ends, and cannot be closed twice.
public struct Descriptor: ~Copyable, Sendable {
  /// The number, for as long as the owner lives.
  public let number: CInt

  /// - Parameter number: an open descriptor that nobody else closes.
  @inlinable public init(owning number: CInt) { self.number = number }

  deinit { close(number) }

  /// Gives the ownership away: whoever takes the number closes it.
  public consuming func relinquish() -> CInt {
    let number = self.number
    discard self
    return number
  }
}

/// The result of a call, or the error that it left in `errno` when it is negative.
@inline(__always)
func check<Result: SignedInteger>(_ result: Result) throws(Errno) -> Result {
  guard result >= 0 else { throw Errno(rawValue: errno) }
  return result
}

/// `check`, for calls that tell nothing but success.
@inline(__always)
func succeed(_ result: CInt) throws(Errno) { _ = try check(result) }

extension Descriptor {
  /// fcntl(2), F_SETFL: calls that would block fail with EAGAIN from now on.
  public borrowing func setNonBlocking() throws(Errno) {
    let flags = try check(fcntl(number, F_GETFL))
    try succeed(fcntl(number, F_SETFL, flags | O_NONBLOCK))
  }

  /// fcntl(2), F_SETFD: a program that is executed does not inherit it.
  public borrowing func setCloseOnExec() throws(Errno) { try succeed(fcntl(number, F_SETFD, FD_CLOEXEC)) }

  /// read(2): the number of bytes read, 0 at the end.
  public borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    try check(Glibc.read(number, buffer.baseAddress, buffer.count))
  }

  /// write(2): the number of bytes written.
  public borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    try check(Glibc.write(number, bytes.baseAddress, bytes.count))
  }
}
