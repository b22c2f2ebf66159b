// Does what the ClientHello asks for.

import Glibc
import Traffic

final class RequestServer: Server {
  private enum State {
    /// That many bytes of the ClientHello have come.
    case reading(Request?, Int)
    /// That many bytes are still to be sent.
    case answering(Int)
    case echoing
    case draining
    case closed
  }

  private static let fresh = State.reading(nil, 0)

  private let reactor: Reactor
  private var states = Table(fresh: RequestServer.fresh)
  private let room = FixedBytes(repeating: 0, count: 65_536)
  private let payload = FixedBytes(repeating: 0x2e, count: 262_144)

  init(_ reactor: Reactor) { self.reactor = reactor }

  func accepted(_ socket: Int32) -> Bool {
    states[socket] = RequestServer.fresh
    read(socket, nil, 0)
    if case .closed = states[socket] { return false }
    return true
  }

  func ready(_ socket: Int32, _ events: Events) {
    switch states[socket] {
    case .reading(let request, let count): if events.contains(.readable) { read(socket, request, count) }
    case .answering(let left): answer(socket, left)
    case .echoing: if events.contains(.readable) { echo(socket, mayHaveEnded: events.contains(.ended)) }
    case .draining: drain(socket)
    case .closed: break
    }
  }

  private func read(_ socket: Int32, _ known: Request?, _ before: Int) {
    // No more than the ClientHello: what follows belongs to the work.
    guard let count = socket.receive(room.prefix(ClientHello.length - before)) else { return }
    guard let request = known ?? Request(at: room.base), count > 0 else { return close(socket) }
    guard before + count == ClientHello.length else { return states[socket] = .reading(request, before + count) }
    begin(socket, request)
  }

  private func begin(_ socket: Int32, _ request: Request) {
    switch request.kind {
    case .answer: answer(socket, request.count)
    case .echo:
      states[socket] = .echoing
      echo(socket, mayHaveEnded: true)
    case .drain:
      states[socket] = .draining
      drain(socket)
    }
  }

  private func answer(_ socket: Int32, _ count: Int) {
    var left = count
    while left > 0 {
      guard let sent = socket.send(payload, atMost: left) else { return close(socket) }
      if sent == 0 { return states[socket] = .answering(left) }
      left -= sent
    }
    close(socket)
  }

  private func echo(_ socket: Int32, mayHaveEnded: Bool) {
    while let count = socket.receive(room) {
      guard count > 0, socket.send(room, atMost: count) == count else { return close(socket) }
      if count < room.count, !mayHaveEnded { return }
    }
  }

  private func drain(_ socket: Int32) {
    while let count = socket.discard(1 << 20) {
      if count == 0 { return close(socket) }
    }
  }

  private func close(_ socket: Int32) {
    states[socket] = .closed
    reactor.close(socket)
  }
}
