// Streams, one way at a time: so many bytes on each of them, from the sink or to it.

import Glibc
import Traffic

final class Bulk: Role, Work {
  private let reactor: Reactor
  private let port: UInt16
  private let kind: Request.Kind
  private let hello: FixedBytes
  private let payload = FixedBytes(repeating: 0x2e, count: 262_144)
  private let width: Int
  private let share: Int
  private var role: UInt8 = 0
  private var sockets: [Int32] = []
  /// How many bytes of the share are still to come, or to be sent.
  private var left = Table(fresh: 0)
  private var ended = 0
  private(set) var findings = Findings()

  init(_ reactor: Reactor, _ words: Words, _ kind: Request.Kind) {
    self.reactor = reactor
    self.kind = kind
    port = words.port
    width = words.number("connections")
    share = words.number("bytes")
    hello = words.hello(Request(kind, count: share))
    role = reactor.add(self)
  }

  func prepare() { sockets = Sockets.connect(width, to: port) }

  func begin() {
    for socket in sockets {
      guard socket.send(hello) == hello.count else { fail("the listener does not accept") }
      left[socket] = share
      reactor.watch(socket, role, for: [.readable, .writable, .ended])
    }
  }

  var isDone: Bool { ended == width }

  func ready(_ socket: Int32, _ events: Events) {
    if kind == .answer { take(socket) } else { give(socket, events) }
  }

  private func take(_ socket: Int32) {
    while let count = socket.discard(1 << 20) {
      if count == 0 { return close(socket) }
      left[socket] -= count
    }
  }

  private func give(_ socket: Int32, _ events: Events) {
    while left[socket] > 0 {
      guard let sent = socket.send(payload, atMost: left[socket]) else { return close(socket) }
      if sent == 0 { return }
      left[socket] -= sent
      if left[socket] == 0 { shutdown(socket, Int32(SHUT_WR)) }
    }
    // The sink closes when it has all.
    if events.contains(.ended), socket.discard(1) == 0 { close(socket) }
  }

  private func close(_ socket: Int32) {
    reactor.close(socket)
    ended += 1
    findings.bytes += share - left[socket]
    if left[socket] == 0 { findings.done += 1 } else { findings.failures += 1 }
  }
}
