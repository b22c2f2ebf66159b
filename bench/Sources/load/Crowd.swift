// Connections that stay and do nothing, until stdin ends. Those that speak are routed first, and have had an answer.

import Glibc
import Traffic

final class Crowd: Role, Work {
  private let reactor: Reactor
  private let port: UInt16
  private let speaks: Bool
  private let hello: FixedBytes
  private let ball = FixedBytes(repeating: 0x40, count: 64)
  private let room = FixedBytes(repeating: 0, count: 4096)
  private let width: Int
  private let atOnce = 32
  private var role: UInt8 = 0
  private var opened = 0
  private(set) var findings = Findings()

  init(_ reactor: Reactor, _ words: Words, speaks: Bool) {
    self.reactor = reactor
    self.speaks = speaks
    port = words.port
    hello = words.hello(Request(.echo))
    width = words.number("connections")
    role = reactor.add(self)
  }

  func begin() {
    for _ in 0..<min(width, atOnce) { open() }
    while findings.done + findings.failures < width { reactor.turn(within: nil) }
    Crowd.stay(findings)
  }

  /// Says that all are there, and waits for the end of stdin.
  static func stay(_ findings: Findings) {
    say(findings.line(seconds: 0))
    while getchar() != EOF {}
  }

  var isDone: Bool { true }

  private func open() {
    opened += 1
    let socket = Sockets.connect(to: port)
    if speaks, socket.send(hello) != hello.count || socket.send(ball) != ball.count {
      fail("the listener does not accept")
    }
    reactor.watch(socket, role, for: speaks ? [.readable, .ended] : [.readable, .writable, .ended])
  }

  func ready(_ socket: Int32, _ events: Events) {
    if events.contains(.ended) { return count(\.failures) }
    if speaks ? socket.receive(room) == ball.count : events == .writable { count(\.done) }
  }

  private func count(_ outcome: WritableKeyPath<Findings, Int>) {
    findings[keyPath: outcome] += 1
    if opened < width { open() }
  }
}
