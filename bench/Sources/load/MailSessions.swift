// Whole SMTP sessions with one message, lock-step, as a client without PIPELINING speaks (RFC 5321 §4.3.1).

import Traffic

final class MailSessions: Role, Work {
  private struct Flight {
    var began: Int64 = 0
    /// How many replies have come.
    var replies = 0
    /// Where in a reply line the next byte is, and whether the line is the last of its reply (RFC 5321 §4.2.1).
    var column = 0
    var isLast = false
    /// The first digit of the reply.
    var digit: UInt8 = 0
  }

  private let reactor: Reactor
  private let port: UInt16
  private let width: Int
  private let count: Int
  private let room = FixedBytes(repeating: 0, count: 16_384)
  /// What is said after each reply; after the last one the server closes.
  private let script: [FixedBytes]
  private var role: UInt8 = 0
  private var flights = Table(fresh: Flight())
  private var opened = 0
  private(set) var findings: Findings

  init(_ reactor: Reactor, _ words: Words) {
    self.reactor = reactor
    port = words.port
    width = words.number("connections")
    count = words.number("count")
    let body = String(repeating: "The quick brown fox jumps over the lazy dog, and is not seen again.\r\n", count: 30)
    script = [
      "EHLO client.bench.example\r\n", "MAIL FROM:<a@client.bench.example>\r\n", "RCPT TO:<b@mx.bench.example>\r\n",
      "DATA\r\n", "Subject: bench\r\n\r\n\(body).\r\n", "QUIT\r\n",
    ].map { FixedBytes($0) }
    findings = Findings(expecting: count)
    role = reactor.add(self)
  }

  func begin() { for _ in 0..<min(width, count) { open() } }

  var isDone: Bool { findings.done + findings.failures == count }

  private func open() {
    opened += 1
    let socket = Sockets.connect(to: port)
    flights[socket] = Flight(began: now())
    reactor.watch(socket, role, for: [.readable, .ended])
  }

  func ready(_ socket: Int32, _ events: Events) {
    while let received = socket.receive(room) {
      if received == 0 { return close(socket) }
      for index in 0..<received { read(socket, room.base.load(fromByteOffset: index, as: UInt8.self)) }
      if received < room.count, !events.contains(.ended) { return }
    }
  }

  private func read(_ socket: Int32, _ byte: UInt8) {
    if flights[socket].column == 0 { flights[socket].digit = byte }
    if flights[socket].column == 3 { flights[socket].isLast = byte == UInt8(ascii: " ") }
    flights[socket].column += 1
    guard byte == UInt8(ascii: "\n") else { return }
    flights[socket].column = 0
    if flights[socket].isLast { heard(socket) }
  }

  private func heard(_ socket: Int32) {
    // A refusal ends the count of replies, and so the session is one that failed.
    guard flights[socket].digit < UInt8(ascii: "4"), flights[socket].replies < script.count else { return }
    _ = socket.send(script[flights[socket].replies])
    flights[socket].replies += 1
    // The seventh reply, to QUIT, is known by the end of the stream.
  }

  private func close(_ socket: Int32) {
    reactor.close(socket)
    let flight = flights[socket]
    if flight.replies == script.count {
      findings.succeeded(after: now() - flight.began)
    } else {
      findings.failures += 1
    }
    if opened < count { open() }
  }
}
