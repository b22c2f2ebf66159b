import Glibc
public import SystemPackage
public import Wire

extension Descriptor {
  /// What a thread can wait for, when it has nothing else to do.
  public enum Readiness: Sendable, Hashable { case readable, writable }

  /// poll(2): waits until it is ready, has an error or has ended.
  /// - Returns: false when the deadline has passed before.
  public borrowing func wait(until readiness: Readiness, before deadline: Instant) throws(Errno) -> Bool {
    var poll = pollfd(fd: number, events: Int16(readiness == .readable ? POLLIN : POLLOUT), revents: 0)
    while true {
      let left = (deadline.nanoseconds - Instant.now.nanoseconds + 999_999) / 1_000_000
      if left <= 0 { return false }
      let count = Glibc.poll(&poll, 1, CInt(clamping: left))
      if count > 0 { return true }
      if count < 0, errno != EINTR { throw Errno(rawValue: errno) }
    }
  }
}
