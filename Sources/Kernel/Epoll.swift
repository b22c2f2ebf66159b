import CLinux
import Glibc
public import SystemPackage

/// epoll(7): tells which descriptors are ready.
public struct Epoll: ~Copyable {
  private let descriptor: Descriptor

  /// What is asked for, and what is told.
  public struct Events: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Something can be read.
    public static let readable = Events(rawValue: EPOLLIN.rawValue)
    /// An urgent byte of TCP waits to be read: reading stops short before it.
    public static let urgent = Events(rawValue: EPOLLPRI.rawValue)
    /// Something can be written.
    public static let writable = Events(rawValue: EPOLLOUT.rawValue)
    /// The other end has shut its writing down.
    public static let peerEnded = Events(rawValue: EPOLLRDHUP.rawValue)
    /// Both directions are down; told without being asked for.
    public static let hungUp = Events(rawValue: EPOLLHUP.rawValue)
    /// The socket has an error; told without being asked for.
    public static let failed = Events(rawValue: EPOLLERR.rawValue)
    /// Told once for each change, rather than while it lasts.
    public static let edgeTriggered = Events(rawValue: 1 << 31)
    /// Of several epolls that watch the same descriptor, few are woken; cannot be changed later.
    public static let exclusive = Events(rawValue: 1 << 28)
  }

  /// epoll_create1(2).
  public init() throws(Errno) { descriptor = Descriptor(owning: try check(epoll_create1(CInt(O_CLOEXEC)))) }

  /// epoll_ctl(2), EPOLL_CTL_ADD; closing the descriptor takes it out again.
  /// - Parameter key: what is told with its events.
  public borrowing func add(_ number: CInt, _ events: Events, key: UInt64) throws(Errno) {
    try control(EPOLL_CTL_ADD, number, events, key)
  }

  /// epoll_ctl(2), EPOLL_CTL_MOD.
  public borrowing func change(_ number: CInt, _ events: Events, key: UInt64) throws(Errno) {
    try control(EPOLL_CTL_MOD, number, events, key)
  }

  /// epoll_ctl(2), EPOLL_CTL_DEL.
  public borrowing func remove(_ number: CInt) throws(Errno) { try control(EPOLL_CTL_DEL, number, [], 0) }

  private borrowing func control(
    _ operation: CInt, _ number: CInt, _ events: Events, _ key: UInt64
  ) throws(Errno) {
    var event = epoll_event(events: events.rawValue, data: epoll_data_t(u64: key))
    try succeed(epoll_ctl(descriptor.number, operation, number, &event))
  }

  /// epoll_wait(2).
  /// - Parameters:
  ///   - ready: takes the events that there are.
  ///   - milliseconds: how long to wait for the first; negative waits for ever.
  /// - Returns: how many there are; 0 when the time is over, or a signal came.
  public borrowing func wait(for ready: inout Ready, milliseconds: CInt) throws(Errno) -> Int {
    let count = epoll_wait(descriptor.number, ready.events.baseAddress, CInt(ready.events.count), milliseconds)
    if count < 0, errno == EINTR { return 0 }
    return Int(try check(count))
  }

  /// Room for the events of one wait.
  public struct Ready: ~Copyable {
    fileprivate let events: UnsafeMutableBufferPointer<epoll_event>

    /// - Parameter capacity: the most that one wait tells.
    public init(capacity: Int) { events = .allocate(capacity: capacity) }

    deinit { events.deallocate() }

    /// The key and the events of one.
    public subscript(index: Int) -> (key: UInt64, events: Events) {
      (events[index].data.u64, Events(rawValue: events[index].events))
    }
  }
}
