// Connections with a ClientHello and a 1 KiB answer: so many at once, or so many a second.

import Traffic

final class ShortConnections: Role, Work {
  private struct Flight {
    var began: Int64 = 0
    var received = 0
    var sent = 0
  }

  private let reactor: Reactor
  private let port: UInt16
  private let hello: FixedBytes
  private let answer = 1024
  private let width: Int
  private let count: Int
  private let interval: Int64?
  private var role: UInt8 = 0
  private var flights = Table(fresh: Flight())
  private var opened = 0
  private var start: Int64 = 0
  private(set) var findings: Findings

  init(_ reactor: Reactor, _ words: Words) {
    self.reactor = reactor
    port = words.port
    hello = words.hello(Request(.answer, count: answer))
    width = words.number("connections")
    count = words.number("count")
    interval = words.optional("rate").map { 1_000_000_000 / Int64($0) }
    findings = Findings(expecting: count)
    role = reactor.add(self)
  }

  func begin() {
    start = now()
    if interval == nil { for _ in 0..<min(width, count) { open(at: now()) } }
  }

  var isDone: Bool { findings.done + findings.failures == count }

  /// At a fixed rate a connection is opened when it is due and measured from then, however late the proxy is with those
  /// before it.
  var untilNext: Int64? {
    guard let interval else { return nil }
    while opened < count {
      let due = start + Int64(opened) * interval
      let left = due - now()
      if left > 0 { return left }
      open(at: due)
    }
    return nil
  }

  private func open(at began: Int64) {
    opened += 1
    let socket = Sockets.connect(to: port)
    // Over loopback the connection is there at once; if the queue is full it comes later.
    let sent = socket.send(hello) ?? 0
    flights[socket] = Flight(began: began, sent: sent)
    reactor.watch(socket, role, for: sent == hello.count ? [.readable, .ended] : [.readable, .writable, .ended])
  }

  func ready(_ socket: Int32, _ events: Events) {
    if flights[socket].sent < hello.count {
      flights[socket].sent += socket.send(hello, from: flights[socket].sent) ?? 0
    }
    while let received = socket.discard(65_536) {
      flights[socket].received += received
      if received == 0 { return close(socket) }
      if !events.contains(.ended) { return }
    }
  }

  private func close(_ socket: Int32) {
    reactor.close(socket)
    let flight = flights[socket]
    if flight.received == answer { findings.succeeded(after: now() - flight.began) } else { findings.failures += 1 }
    if interval == nil, opened < count { open(at: now()) }
  }
}
