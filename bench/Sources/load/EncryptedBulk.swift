// Streams inside TLS, one way at a time.

import Glibc
import Traffic

final class EncryptedBulk: Role, Work {
  private struct Flight {
    var client: TLSClient?
    var isSecured = false
    /// How many bytes are still to come, or to be sent.
    var left = 0
  }

  private let reactor: Reactor
  private let port: UInt16
  private let kind: Request.Kind
  private let request: FixedBytes
  private let payload = FixedBytes(repeating: 0x2e, count: 16_384)
  private let room = FixedBytes(repeating: 0, count: 16_384)
  private let width: Int
  private let share: Int
  private let clients: TLSClients
  private var role: UInt8 = 0
  private var flights = Table(fresh: Flight())
  private var ended = 0
  private(set) var findings = Findings()

  /// - Parameter words: `--bytes` is a multiple of 16 KiB, the longest record.
  init(_ reactor: Reactor, _ words: Words, _ kind: Request.Kind) {
    self.reactor = reactor
    self.kind = kind
    port = words.port
    width = words.number("connections")
    share = words.number("bytes")
    request = words.hello(Request(kind, count: share))
    clients = TLSClients(name: words.name)
    role = reactor.add(self)
  }

  func begin() {
    for socket in Sockets.connect(width, to: port) {
      flights[socket] = Flight(client: clients.open(socket, resuming: nil), left: share)
      reactor.watch(socket, role, for: [.readable, .writable, .ended])
    }
  }

  var isDone: Bool { ended == width }

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
    if kind == .drain, flights[socket].left > 0 { give(socket, client) }
    take(socket, client)
  }

  private func give(_ socket: Int32, _ client: TLSClient) {
    while flights[socket].left > 0 {
      switch client.write(payload) {
      case .done(let count): flights[socket].left -= count
      case .later: return
      case .ended, .broken: return close(socket, client)
      }
    }
    client.sayGoodbye()
    shutdown(socket, Int32(SHUT_WR))
  }

  private func take(_ socket: Int32, _ client: TLSClient) {
    while flights[socket].client != nil {
      switch client.read(room) {
      case .done(let count): if kind == .answer { flights[socket].left -= count }
      case .later: return
      case .ended, .broken: return close(socket, client)
      }
    }
  }

  private func close(_ socket: Int32, _ client: TLSClient) {
    client.free()
    flights[socket].client = nil
    reactor.close(socket)
    ended += 1
    findings.bytes += share - flights[socket].left
    if flights[socket].left == 0 { findings.done += 1 } else { findings.failures += 1 }
  }
}
