import Kernel
import Sessions
import Wire

// Drives a conversation: tells it what happened, does what it says.

/// What a conversation is yet to be told.
enum Happening {
  case connected(Peer)
  case failed(Peer, Failure)
  case secured
}

extension Worker {
  /// Why an address was given up that said neither yes nor no.
  private static var silence: String { "no answer in time" }

  /// Something happened to an end.
  func happened(_ events: Epoll.Events, to peer: Peer, _ connection: inout Connection) {
    let isGone = !events.isDisjoint(with: [.hungUp, .failed])
    connection[peer].happened(events)
    switch connection.phase {
    case .relaying: relay(&connection, after: events, of: peer)
    case .lingering: linger(&connection)
    case .over: break
    case .conversing:
      if connection.state(of: peer).contains(.isConnecting) {
        if events.contains(.writable) || isGone { attemptHappened(to: peer, isGone: isGone, &connection) }
      } else if connection.isBlocked(peer), events.contains(.writable) || isGone {
        if let reason = connection.flush(peer) { happenings.append(.failed(peer, .broken(reason))) }
      } else if events.contains(.failed), let conversation = connection.conversation,
        !conversation.listensTo.contains(Peers(peer))
      {
        happenings.append(.failed(peer, .broken("reset")))
      }
      if peer == .client { shakeHands(&connection) }
      carryOn(&connection)
    }
  }

  /// A deadline of this connection may have passed.
  func wake(_ connection: inout Connection) {
    switch connection.phase {
    case .relaying:
      end(&connection, .idle)
    case .lingering: connection.phase = .over
    case .over: break
    case .conversing:
      for peer in [Peer.greeter, .target] where (connection[attempt: peer]?.deadline ?? .never) <= now {
        failed(peer, Self.silence, connection)
        tryNext(peer, &connection, reason: Self.silence)
      }
      if let conversation = connection.conversation, (conversation.deadline ?? .never) <= now {
        conversation.woke(at: now, &instructions)
      }
      carryOn(&connection)
    }
  }

  /// When this connection is to be woken; nil leaves that as it is.
  func deadline(of connection: borrowing Connection) -> Instant? {
    switch connection.phase {
    case .relaying: return now + connection.edition.plan.configuration.settings.timeouts.idle
    case .lingering, .over: return nil
    case .conversing:
      var deadline = connection.conversation?.deadline ?? .never
      if let attempt = connection.talk?.greeter { deadline = min(deadline, attempt.deadline) }
      if let attempt = connection.talk?.target { deadline = min(deadline, attempt.deadline) }
      return deadline
    }
  }

  /// Does what the conversation said, and tells it what came of it and what its ends say, until it waits.
  func carryOn(_ connection: inout Connection) {
    repeat {
      perform(&connection)
    } while connection.phase == .conversing
      && (tellNext(&connection) || readNext(&connection) || beginNextAttempt(&connection))
    happenings.removeAll(keepingCapacity: true)
    if connection.phase == .relaying { relay(&connection) }
  }

  private func tellNext(_ connection: inout Connection) -> Bool {
    guard !happenings.isEmpty, let conversation = connection.conversation else { return false }
    switch happenings.removeFirst() {
    case .connected(let peer): conversation.connected(peer, at: now, &instructions)
    case .failed(let peer, let failure): tell(&connection, peer, failure)
    case .secured: conversation.secured(at: now, &instructions)
    }
    return true
  }

  private func tell(_ connection: inout Connection, _ peer: Peer, _ failure: Failure) {
    // It may have been hung up meanwhile.
    guard connection[peer].socket != nil || (peer != .client && connection[attempt: peer] != nil) else { return }
    connection.conversation?.failed(peer, failure, at: now, &instructions)
    guard peer == .client else { return close(peer, &connection) }
    instructions.removeAll(keepingCapacity: true)
    guard case .insecure = failure else { return close(&connection) }
    // The alert that says so is to be read.
    connection.leaveTLS()
    finish(&connection)
  }

  /// Reads from an end that the conversation listens to, if there is one that may have said something.
  private func readNext(_ connection: inout Connection) -> Bool {
    guard let conversation = connection.conversation else { return false }
    let listensTo = conversation.listensTo
    for peer in Peer.allCases where listensTo.contains(Peers(peer)) && mayRead(from: peer, connection) {
      let room = peer == .client ? min(conversation.room, buffer.count) : buffer.count
      switch connection.read(from: peer, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room])) {
      case .nothing: continue
      case .bytes(let count):
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count]).assumingMemoryBound(to: UInt8.self)
        conversation.received(bytes.span, from: peer, at: now, &instructions)
      case .end: conversation.ended(peer, at: now, &instructions)
      case .broken(let reason): happenings.append(.failed(peer, .broken(reason)))
      }
      return true
    }
    return false
  }

  private func mayRead(from peer: Peer, _ connection: borrowing Connection) -> Bool {
    let state = connection.state(of: peer)
    guard state.contains(.mayHaveBytes), !state.contains(.isConnecting), !state.contains(.hasEnded) else {
      return false
    }
    if peer == .client, connection.secured?.isReady == false { return false }
    // Who does not read what it is told is not listened to either; nor are the others, whose words would pile up here.
    return connection[peer].socket != nil
      && Peer.allCases.allSatisfy { !connection[$0].isBlocked || connection[$0].state.contains(.isConnecting) }
  }

  private func perform(_ connection: inout Connection) {
    guard !instructions.isEmpty else { return }
    var index = 0
    // Nothing here makes a new instruction.
    while index < instructions.count, connection.phase == .conversing {
      perform(instructions[index], &connection)
      index += 1
    }
    instructions.removeAll(keepingCapacity: true)
  }

  private func perform(_ instruction: Instruction, _ connection: inout Connection) {
    switch instruction {
    case .dial(let peer, let dial): self.dial(peer, dial, &connection)
    case .send(let peer, let bytes):
      if let reason = connection.send(bytes, to: peer) { happenings.append(.failed(peer, .broken(reason))) }
    case .hangUp(let peer): close(peer, &connection)
    case .secureClient(let alreadyRead): secure(&connection, alreadyRead)
    case .relay(let peer): beginRelay(with: peer, &connection)
    case .finish: finish(&connection)
    case .learned(let server, let capabilities): learn(server, capabilities, connection.edition)
    }
  }
}

extension Worker {
  /// TLS with the client begins.
  private func secure(_ connection: inout Connection, _ alreadyRead: [UInt8]) {
    guard let listener = connection.conversation?.outcome?.listener,
      let context = connection.edition.plan.certificates[listener]
    else { return happenings.append(.failed(.client, .insecure("the listener has no certificate"))) }
    if let socket = connection.client.socket?.number {
      connection.secured = SecuredClient(context, over: socket, alreadyRead: alreadyRead)
    }
    shakeHands(&connection)
  }

  /// Goes on with the handshake, if it is not done.
  private func shakeHands(_ connection: inout Connection) {
    guard let secured = connection.secured, !secured.isReady else { return }
    switch secured.handshake(&connection.client) {
    case .done: happenings.append(.secured)
    case .waits: break
    case .failed(let reason): happenings.append(.failed(.client, .insecure(reason)))
    }
  }
}

extension Instant {
  /// Later than all others.
  static var never: Instant { Instant(nanoseconds: .max) }
}
