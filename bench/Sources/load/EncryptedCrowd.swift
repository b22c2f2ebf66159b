// TLS connections that stay and do nothing, until stdin ends; each of them has been answered.

import Traffic

final class EncryptedCrowd: Role, Work {
  private let reactor: Reactor
  private let port: UInt16
  private let request: FixedBytes
  private let room = FixedBytes(repeating: 0, count: 16_384)
  private let width: Int
  private let clients: TLSClients
  private var role: UInt8 = 0
  private var flights = Table(fresh: Flight())
  private var opened = 0
  private(set) var findings = Findings()

  private struct Flight {
    var client: TLSClient?
    var isSecured = false
    var isCounted = false
  }

  init(_ reactor: Reactor, _ words: Words) {
    self.reactor = reactor
    port = words.port
    request = words.hello(Request(.echo))
    width = words.number("connections")
    clients = TLSClients(name: words.name)
    role = reactor.add(self)
  }

  func begin() {
    for _ in 0..<min(width, 16) { open() }
    while findings.done + findings.failures < width { reactor.turn(within: nil) }
    Crowd.stay(findings)
  }

  var isDone: Bool { true }

  private func open() {
    opened += 1
    let socket = Sockets.connect(to: port)
    flights[socket] = Flight(client: clients.open(socket, resuming: nil))
    reactor.watch(socket, role, for: [.readable, .writable, .ended])
  }

  func ready(_ socket: Int32, _ events: Events) {
    guard let client = flights[socket].client, !flights[socket].isCounted else { return }
    if !flights[socket].isSecured {
      switch client.handshake() {
      case .done: flights[socket].isSecured = true
      case .later: return
      case .ended, .broken: return count(socket, \.failures)
      }
      // The request, and 64 bytes for the sink to send back.
      guard client.write(request) == .done(request.count), client.write(request.prefix(64)) == .done(64) else {
        return count(socket, \.failures)
      }
    }
    switch client.read(room) {
    case .done: count(socket, \.done)
    case .later: break
    case .ended, .broken: count(socket, \.failures)
    }
  }

  private func count(_ socket: Int32, _ outcome: WritableKeyPath<Findings, Int>) {
    flights[socket].isCounted = true
    findings[keyPath: outcome] += 1
    if opened < width { open() }
  }
}
