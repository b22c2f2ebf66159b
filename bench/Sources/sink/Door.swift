// Listening sockets, and the server behind the one that must not be reached.

import Traffic

/// What stands behind a listening socket.
protocol Server: Role {
  /// Does what can be done at once; false when the socket is closed already, and never has to be watched.
  func accepted(_ socket: Int32) -> Bool
}

/// Accepts for a server.
final class Door: Role {
  private let reactor: Reactor
  private let server: any Server
  private let number: UInt8

  init(_ reactor: Reactor, opensFor server: any Server) {
    self.reactor = reactor
    self.server = server
    number = reactor.add(server)
  }

  func ready(_ listener: Int32, _ events: Events) {
    while let socket = Sockets.accept(from: listener) {
      guard server.accepted(socket) else { continue }
      reactor.watch(socket, number, for: [.readable, .writable, .ended])
    }
  }
}

/// Closes whatever comes.
final class Refusal: Server {
  private let reactor: Reactor

  init(_ reactor: Reactor) { self.reactor = reactor }

  func accepted(_ socket: Int32) -> Bool {
    reactor.close(socket)
    return false
  }

  func ready(_ socket: Int32, _ events: Events) {}
}
