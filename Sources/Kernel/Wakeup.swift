import CLinux
import Glibc
public import SystemPackage

/// eventfd(2): one thread wakes another that waits in epoll.
public struct Wakeup: ~Copyable, Sendable {
  private let descriptor: Descriptor

  public init() throws(Errno) { descriptor = Descriptor(owning: try check(clinux_eventfd())) }

  /// For epoll: readable from `wake` to `clear`.
  public var number: CInt { descriptor.number }

  /// write(2). It cannot fail in a way that matters: the counter is full only when it wakes already.
  public borrowing func wake() {
    var one: UInt64 = 1
    _ = withUnsafeBytes(of: &one) { Glibc.write(descriptor.number, $0.baseAddress, $0.count) }
  }

  /// read(2).
  public borrowing func clear() {
    var count: UInt64 = 0
    _ = withUnsafeMutableBytes(of: &count) { Glibc.read(descriptor.number, $0.baseAddress, $0.count) }
  }

  /// poll(2): waits, as long as it takes, until somebody wakes it; nobody clears it.
  public borrowing func wait() {
    var poll = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    while Glibc.poll(&poll, 1, -1) < 0, errno == EINTR {}
  }
}
