// One thread, one epoll. A role is one object for all of its sockets and keeps their state in a table by descriptor,
// so that a connection allocates nothing.

import CEpoll
import Glibc

/// What a socket is there for.
public protocol Role: AnyObject {
  /// Something happened at that socket; it is reported once (edge-triggered), so all that is there must be taken.
  func ready(_ socket: Int32, _ events: Events)
}

/// What happened, or is waited for.
public struct Events: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public static let readable = Events(rawValue: EPOLLIN.rawValue)
  public static let writable = Events(rawValue: EPOLLOUT.rawValue)
  public static let ended = Events(rawValue: EPOLLRDHUP.rawValue)
}

/// The loop.
public final class Reactor {
  private let epoll = must(epoll_create1(0), "epoll_create1")
  private var roles: [any Role] = []
  /// By descriptor: how often it was closed, so that an event of an earlier socket is known for what it is.
  private var generations = [UInt32](repeating: 0, count: Table<UInt8>.descriptors)
  private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Reactor.batch)
  private static let batch = 512

  public init() {}

  /// Makes a role known, and returns what `watch` calls it by.
  public func add(_ role: any Role) -> UInt8 {
    roles.append(role)
    return UInt8(roles.count - 1)
  }

  /// Reports that socket's events to that role from now on.
  public func watch(_ socket: Int32, _ role: UInt8, for wanted: Events) {
    var event = epoll_event()
    event.events = wanted.rawValue | EPOLLET.rawValue
    event.data.u64 = UInt64(generations[Int(socket)] & 0xff_ffff) << 40 | UInt64(role) << 32 | UInt64(UInt32(socket))
    _ = must(epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event), "epoll_ctl")
  }

  /// Closes the socket; nothing more is reported of it.
  public func close(_ socket: Int32) {
    generations[Int(socket)] &+= 1
    _ = Glibc.close(socket)
  }

  /// Waits for events and reports them.
  /// - Parameter nanoseconds: the longest wait; nil waits for ever.
  public func turn(within nanoseconds: Int64?) {
    var timeout = timespec(
      tv_sec: Int(nanoseconds ?? 0) / 1_000_000_000, tv_nsec: Int(nanoseconds ?? 0) % 1_000_000_000)
    let count =
      nanoseconds == nil
      ? epoll_wait(epoll, events, Int32(Reactor.batch), -1)
      : epoll_pwait2(epoll, events, Int32(Reactor.batch), &timeout, nil)
    for index in 0..<max(0, Int(count)) {
      let key = events[index].data.u64
      let socket = Int32(truncatingIfNeeded: key)
      guard UInt64(generations[Int(socket)] & 0xff_ffff) == key >> 40 else { continue }
      roles[Int(key >> 32 & 0xff)].ready(socket, Events(rawValue: events[index].events))
    }
  }
}

/// What is known of each socket, by its descriptor.
public struct Table<State> {
  /// More than a process may have here.
  public static var descriptors: Int { 65_536 }
  private var states: [State]

  /// - Parameter fresh: what is known of a new socket.
  public init(fresh: State) { states = Array(repeating: fresh, count: Table.descriptors) }

  public subscript(socket: Int32) -> State {
    get { states[Int(socket)] }
    _modify { yield &states[Int(socket)] }
  }
}

/// Nanoseconds of the monotonic clock.
public func now() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// The result of a system call that cannot fail here but by a mistake in the set-up.
@discardableResult
public func must(_ result: Int32, _ call: String) -> Int32 {
  if result >= 0 { return result }
  fail("\(call): \(String(cString: strerror(errno)))")
}

/// Writes a line to the standard output, at once.
public func say(_ line: String) { write(line, to: STDOUT_FILENO) }

/// Ends the program.
public func fail(_ reason: String) -> Never {
  write("bench: \(reason)", to: STDERR_FILENO)
  exit(1)
}

private func write(_ line: String, to descriptor: Int32) {
  _ = "\(line)\n".withCString { Glibc.write(descriptor, $0, strlen($0)) }
}
