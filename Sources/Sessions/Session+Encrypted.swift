import Dialogues
import Routing
import Wire

// terminate-tls: usher itself speaks TLS with the client, and the server gets plaintext.

extension Session {
  /// The client began with TLS: its hello was read already.
  func secure(_ move: Move, at now: Instant, _ instructions: inout [Instruction]) {
    instructions.append(.secureClient(alreadyRead: inbox.takeAll()))
    enter(.securing(move), settings.timeouts.hello, at: now)
  }

  /// The client said STARTTLS, and its server is there: tell it to go ahead.
  func serverIsReadyForTLS(_ move: Move, at now: Instant, _ instructions: inout [Instruction]) {
    guard case .terminate(afterSTARTTLS: true) = move.purpose else {
      return greetEncrypted(move.peer, at: now, &instructions)
    }
    guard let drained = inbox.drained() else { return say(.injected, thenEnd: .injection, &instructions) }
    instructions.append(.send(.client, Reply.readyForTLS.bytes))
    secure(move, drained, at: now, &instructions)
  }

  /// Only with the proof that nothing waits does TLS begin.
  private func secure(_ move: Move, _ client: consuming Drained, at now: Instant, _ instructions: inout [Instruction]) {
    secure(move, at: now, &instructions)
  }

  public func secured(at now: Instant, _ instructions: inout [Instruction]) {
    guard case .securing(let move) = phase else { return }
    isSecured = true
    guard self[move.peer] != nil else {
      return refuse(Move(peer: move.peer, purpose: .raw), "it closed the connection", at: now, &instructions)
    }
    if case .terminate(afterSTARTTLS: true) = move.purpose {
      enter(.encrypted(move.peer), settings.timeouts.command, at: now)
    } else if !isMail {
      let move = Move(peer: move.peer, purpose: .raw)
      enter(.moving(move), settings.timeouts.greeting, at: now)
      advance(move, at: now, &instructions)
    } else if self[move.peer]?.greeting != nil {
      greetEncrypted(move.peer, at: now, &instructions)
    } else {
      enter(.moving(move), settings.timeouts.greeting, at: now)
    }
  }

  private func greetEncrypted(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    if let greeting = self[peer]?.greeting { instructions.append(.send(.client, greeting.bytes)) }
    enter(.encrypted(peer), settings.timeouts.command, at: now)
    converseEncrypted(with: peer, at: now, &instructions)
  }

  /// Hellos are passed on and their replies looked at, for a server must not offer STARTTLS inside TLS (RFC 3207 §4.2);
  /// what decides nothing is answered; at anything else the client is handed over.
  func converseEncrypted(with peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    while case .encrypted = phase, isMail, self[peer]?.introduction?.state == .ready {
      switch inbox.next() {
      case .partial:
        if clientHasEnded { end(.clientLeft, &instructions) }
        return
      case .tooLong: say(.lineTooLong, thenEnd: .limit, &instructions)
      case .line(let line): hearEncrypted(Command(line), with: peer, at: now, &instructions)
      }
    }
  }

  private func hearEncrypted(
    _ command: Command, with peer: Peer, at now: Instant, _ instructions: inout [Instruction]
  ) {
    guard count(&instructions) else { return }
    deadline = now + settings.timeouts.command
    switch command.verb {
    case _ where command.isAmbiguous: instructions.append(.send(.client, Reply.syntaxError.bytes))
    case "NOOP", "RSET": instructions.append(.send(.client, Reply.ok.bytes))
    case "STARTTLS": instructions.append(.send(.client, Reply.alreadyEncrypted.bytes))
    default:
      guard let hello = Hello(command), hello.asksForExtensions else {
        instructions.append(.send(peer, command.bytes))
        return relay(with: peer, &instructions)
      }
      self.hello = hello
      introduce(hello, to: peer, &instructions)
      deadline = now + settings.timeouts.reply
    }
  }

  func answerEncrypted(_ reply: Reply, at now: Instant, _ instructions: inout [Instruction]) {
    guard case .encrypted(let peer) = phase else { return }
    var answer = reply
    if reply.isPositive, let server = self[peer]?.server {
      let offered = context.capabilities(reply, of: server).without(Capabilities.isOfOneHop)
      answer = Reply(helloFrom: reply.firstLine, offered)
    }
    instructions.append(.send(.client, answer.bytes))
    enter(.encrypted(peer), settings.timeouts.command, at: now)
    converseEncrypted(with: peer, at: now, &instructions)
  }
}
