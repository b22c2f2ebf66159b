// TLS connections with a 1 KiB answer, full or resumed.

import Traffic

final class Handshakes: Role, Work {
  private struct Flight {
    var client: TLSClient?
    var began: Int64 = 0
    var isSecured = false
    var received = 0
  }

  private let reactor: Reactor
  private let port: UInt16
  private let request: FixedBytes
  private let answer = 1024
  private let width: Int
  private let count: Int
  private let resumes: Bool
  private let clients: TLSClients
  private let room = FixedBytes(repeating: 0, count: 16_384)
  private var session: OpaquePointer?
  private var role: UInt8 = 0
  private var flights = Table(fresh: Flight())
  private var opened = 0
  private(set) var findings: Findings

  init(_ reactor: Reactor, _ words: Words) {
    self.reactor = reactor
    port = words.port
    request = words.hello(Request(.answer, count: answer))
    width = words.number("connections")
    count = words.number("count")
    resumes = words.optional("resume") == 1
    clients = TLSClients(name: words.name)
    findings = Findings(expecting: count)
    role = reactor.add(self)
  }

  /// The first connection gets the session that the others resume.
  func prepare() {
    guard resumes else { return }
    open()
    while session == nil, findings.failures == 0 { reactor.turn(within: nil) }
    findings = Findings(expecting: count)
    opened = 0
  }

  func begin() { for _ in 0..<min(width, count) { open() } }

  var isDone: Bool { findings.done + findings.failures == count }

  private func open() {
    opened += 1
    let socket = Sockets.connect(to: port)
    flights[socket] = Flight(client: clients.open(socket, resuming: session), began: now())
    reactor.watch(socket, role, for: [.readable, .writable, .ended])
  }

  func ready(_ socket: Int32, _ events: Events) {
    guard let client = flights[socket].client else { return }
    if !flights[socket].isSecured {
      switch client.handshake() {
      case .done: flights[socket].isSecured = true
      case .later: return
      case .ended, .broken: return close(socket, client)
      }
      guard client.write(request) == .done(request.count) else { return close(socket, client) }
    }
    take(socket, client)
  }

  private func take(_ socket: Int32, _ client: TLSClient) {
    while true {
      switch client.read(room) {
      case .done(let count): flights[socket].received += count
      case .later: return
      case .ended, .broken: return close(socket, client)
      }
    }
  }

  private func close(_ socket: Int32, _ client: TLSClient) {
    let flight = flights[socket]
    let isRight = flight.received == answer && client.wasResumed == (session != nil)
    let isFirst = resumes && session == nil
    if isRight { findings.succeeded(after: now() - flight.began) } else { findings.failures += 1 }
    if isFirst, isRight { session = client.session }
    client.free()
    flights[socket].client = nil
    reactor.close(socket)
    if !isFirst, opened < count { open() }
  }
}
