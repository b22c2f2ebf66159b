import Kernel
import Routing
import Sessions
import SystemPackage
import Wire

// Connections to servers are made: one address after the other.

extension Worker {
  func dial(_ peer: Peer, _ dial: Dial, _ connection: inout Connection) {
    close(peer, &connection)
    let plan = connection.edition.plan
    let server = dial.server.index
    connection[attempt: peer] = Attempt(
      dial, plan.configuration[dial.server], occupancy: plan.occupancies[server],
      shunned: plan.standings[server].shunned(at: now))
    connection[peer].state = .isConnecting
    connection[peer].server = UInt16(clamping: dial.server.index)
  }

  /// Begins an attempt that was asked for: once all is known that is to be sent at once, and the client's first bytes, if they
  /// were there already, have told whether the greeter is needed at all.
  func beginNextAttempt(_ connection: inout Connection) -> Bool {
    if connection.talk?.target?.hasBegun == false {
      tryNext(.target, &connection, reason: nil)
    } else if connection.talk?.greeter?.hasBegun == false {
      tryNext(.greeter, &connection, reason: nil)
    } else {
      return false
    }
    return true
  }

  /// The address that was tried is given up, for that reason; the next one is tried.
  func tryNext(_ peer: Peer, _ connection: inout Connection, reason: String?) {
    guard let attempt = connection[attempt: peer] else { return }
    attempt.hasBegun = true
    if let reason {
      attempt.reason = reason
      disconnect(peer, &connection)
    }
    let timeouts = connection.edition.plan.configuration.settings.timeouts
    while let (index, endpoint) = attempt.next() {
      do throws(Errno) {
        connection[peer].address = UInt8(clamping: index)
        guard try open(peer, to: endpoint, attempt, &connection) else { break }
        return try connect(peer, to: endpoint, attempt, &connection)
      } catch .wouldBlock where attempt.mayWait(for: index, at: now, timeouts.connect) {
        return disconnect(peer, &connection)
      } catch {
        if error.tellsOfServer { failed(peer, "\(error)", connection) }
        attempt.reason = attempt.dial.address == nil ? "\(endpoint): \(error)" : "\(error)"
        disconnect(peer, &connection)
      }
    }
    happenings.append(.failed(peer, .unreachable(attempt.reason)))
  }

  /// The socket, counted before the server can have accepted it: whoever sees it there sees it here.
  /// - Returns: false when the server has as many connections as it may.
  private func open(
    _ peer: Peer, to endpoint: Endpoint, _ attempt: Attempt, _ connection: inout Connection
  ) throws(Errno) -> Bool {
    let socket = try socket(for: endpoint)
    if let source = attempt.dial.source { try socket.bind(transparentlyTo: source, for: endpoint) }
    let plan = connection.edition.plan
    // Whether an address is there may always be asked.
    let most = attempt.dial.address == nil ? plan.configuration[attempt.dial.server].maxConnections : nil
    guard plan.enter(attempt.dial.server, at: Int(connection[peer].address), most: most) else {
      attempt.reason = "it has as many connections as it may"
      return false
    }
    connection[peer].socket = consume socket
    return true
  }

  private func connect(
    _ peer: Peer, to endpoint: Endpoint, _ attempt: Attempt, _ connection: inout Connection
  ) throws(Errno) {
    // What is sent at once acknowledges the server's SYN as well: a segment less.
    let hasFirstBytes = !attempt.dial.preface.isEmpty || connection[peer].outbox != nil
    if hasFirstBytes, case .tcp = endpoint {
      // A server that speaks first may write in small pieces, and wait for our acknowledgements in between.
      if attempt.dial.isSpokenTo {
        try connection[peer].socket?.set(.quickAcknowledgement, to: 0)
      } else {
        try connection[peer].socket?.set(.deferred)
      }
    }
    let isConnected = try connection[peer].socket?.connect(to: endpoint) ?? false
    attempt.deadline = now + connection.edition.plan.configuration.settings.timeouts.connect
    if isConnected {
      try established(peer, attempt, &connection)
    } else if hasFirstBytes {
      // A server on this machine is there by now; sending at once saves an event.
      do throws(Errno) {
        try established(peer, attempt, &connection)
      } catch .wouldBlock {
      }
    }
  }

  private func socket(for endpoint: Endpoint) throws(Errno) -> Descriptor {
    do throws(Errno) {
      let socket = try Descriptor.streamSocket(for: endpoint)
      house.isShortNoMore(of: .servers)
      return socket
    } catch {
      if error.isShortage { house.isShort(of: .servers, error) }
      throw error
    }
  }

  /// epoll has told of an end that is being connected.
  func attemptHappened(to peer: Peer, isGone: Bool, _ connection: inout Connection) {
    guard let attempt = connection[attempt: peer] else { return }
    do throws(Errno) {
      if isGone, let error = try connection[peer].socket?.takeError() { throw error }
      try established(peer, attempt, &connection)
    } catch .wouldBlock {
    } catch .socketNotConnected {
    } catch {
      if error.tellsOfServer { failed(peer, "\(error)", connection) }
      tryNext(peer, &connection, reason: "\(error)")
    }
  }

  /// The connection is there, if the first bytes can be sent: the preface, and what was sent since, in one write.
  private func established(_ peer: Peer, _ attempt: Attempt, _ connection: inout Connection) throws(Errno) {
    let waiting = connection[peer].outbox?.waiting ?? []
    let first = attempt.dial.preface.isEmpty ? waiting : attempt.dial.preface + waiting
    if first.isEmpty {
      // The event may have been an earlier socket's: the one that is not connected has no other end.
      _ = try connection[peer].socket?.remoteEndpoint()
    } else {
      let count = try first.withUnsafeBufferPointer { (bytes) throws(Errno) -> Int in
        try connection[peer].socket?.send(UnsafeRawBufferPointer(bytes)) ?? 0
      }
      connection[peer].state.insert(.hasBeenSent)
      connection[peer].outbox = count < first.count ? Outbox(Array(first.dropFirst(count))) : nil
    }
    connection[peer].state.remove(.isConnecting)
    connection[attempt: peer] = nil
    let standing = connection.edition.plan.standings[attempt.dial.server.index]
    if attempt.dial.address == nil, let change = standing.connected(to: Int(connection[peer].address)) {
      house.changed(standing, change)
    }
    happenings.append(.connected(peer))
  }

  /// The address that was tried cannot be connected to.
  func failed(_ peer: Peer, _ reason: String, _ connection: borrowing Connection) {
    // A check has its own way to tell.
    guard connection[attempt: peer]?.dial.address == nil else { return }
    let standing = connection.edition.plan.standings[Int(connection[peer].server)]
    let change = standing.failed(at: Int(connection[peer].address), reason, at: now)
    if let change { house.changed(standing, change) }
  }

  /// How many connections the address has that this end is one of.
  func occupancy(of peer: Peer, _ connection: borrowing Connection) -> Counter? {
    guard peer != .client, connection[peer].socket != nil else { return nil }
    return connection.edition.plan.occupancies[Int(connection[peer].server)][Int(connection[peer].address)]
  }
}

extension Errno {
  /// Whether it is the server, or the way to it, that is not there; anything else may be about this client or this process.
  fileprivate var tellsOfServer: Bool {
    switch self {
    case .connectionRefused, .connectionReset, .timedOut, .hostIsDown, .noRouteToHost, .networkDown,
      .networkUnreachable, .noSuchFileOrDirectory, .permissionDenied:
      true
    default: false
    }
  }
}

extension Descriptor {
  /// Lets it be connected from that address, which is not this machine's; the kernel chooses the port.
  fileprivate borrowing func bind(transparentlyTo source: Endpoint, for server: Endpoint) throws(Errno) {
    guard case .tcp(let address, _) = source, address.family == server.ip?.family else {
      throw .addressFamilyNotSupported
    }
    try set(address.family == .v4 ? .transparent : .transparentV6)
    try set(.bindAddressNoPort)
    try bind(to: .tcp(address, port: 0))
  }
}
