// 64 bytes there and back, on so many connections at once.

import Traffic

final class PingPong: Role, Work {
  private let reactor: Reactor
  private let port: UInt16
  private let hello: FixedBytes
  private let ball = FixedBytes(repeating: 0x40, count: 64)
  private let room = FixedBytes(repeating: 0, count: 4096)
  private let width: Int
  private let count: Int
  private var role: UInt8 = 0
  private var sockets: [Int32] = []
  /// When the ball left.
  private var left = Table(fresh: Int64(0))
  private var served = 0
  private(set) var findings: Findings

  init(_ reactor: Reactor, _ words: Words) {
    self.reactor = reactor
    port = words.port
    hello = words.hello(Request(.echo))
    width = words.number("connections")
    count = words.number("count")
    findings = Findings(expecting: count)
    role = reactor.add(self)
  }

  func prepare() { sockets = Sockets.connect(width, to: port) }

  func begin() {
    for socket in sockets {
      guard socket.send(hello) == hello.count else { fail("the listener does not accept") }
      reactor.watch(socket, role, for: [.readable, .ended])
      serve(socket)
    }
  }

  var isDone: Bool { findings.done + findings.failures >= count }

  private func serve(_ socket: Int32) {
    guard served < count else { return }
    served += 1
    left[socket] = now()
    _ = socket.send(ball)
  }

  func ready(_ socket: Int32, _ events: Events) {
    // The ball is one segment, both ways.
    guard let received = socket.receive(room), !isDone else { return }
    if received == ball.count {
      findings.succeeded(after: now() - left[socket])
      serve(socket)
    } else {
      findings.failures += 1
      reactor.close(socket)
    }
  }
}
