import Dialogues
import Routing
import Wire

// A server is got ready for the client: what was said is said again, one thing at a time, and what was pending follows.

extension Session {
  /// Over the greeter's connection where that is still as the purpose needs it, else over a new one.
  func move(to server: ServerID, _ purpose: Move.Purpose, at now: Instant, _ instructions: inout [Instruction]) {
    let peer: Peer = canUseGreeter(as: server, for: purpose, at: now) ? .greeter : .target
    if peer == .target {
      dial(.target, server, at: now, &instructions)
      sendAhead(purpose, &instructions)
    }
    let move = Move(peer: peer, purpose: purpose)
    enter(.moving(move), settings.timeouts.greeting, at: now)
    if case .terminate(afterSTARTTLS: false) = purpose { return secure(move, at: now, &instructions) }
    if let greeting = greeter?.greeting, peer == .greeter {
      progress(move, .greeted(greeting), at: now, &instructions)
    } else {
      advance(move, at: now, &instructions)
    }
  }

  /// A server that gets the first bytes as they are gets them with the connection: it saves a packet.
  private func sendAhead(_ purpose: Move.Purpose, _ instructions: inout [Instruction]) {
    guard case .raw = purpose, !inbox.isEmpty else { return }
    instructions.append(.send(.target, inbox.takeAll()))
  }

  /// A step that needs the connection alone.
  func advance(_ move: Move, at now: Instant, _ instructions: inout [Instruction]) {
    guard let server = self[move.peer], server.isConnected else { return }
    switch move.purpose {
    case .raw: relay(with: move.peer, &instructions)
    case .guarded where server.introduction == nil || clientAddress(of: server.server) != .xclient:
      letGreet(move.peer, at: now, &instructions)
    default: break
    }
  }

  /// The table: what the move is for, and what the server has just done.
  func progress(_ move: Move, _ progress: Progress, at now: Instant, _ instructions: inout [Instruction]) {
    deadline = now + settings.timeouts.reply
    switch (move.purpose, progress) {
    case (_, .say(let bytes)): instructions.append(.send(move.peer, bytes))
    case (.guarded, .greeted(let greeting)):
      instructions.append(.send(.client, greeting.bytes))
      letGreet(move.peer, at: now, &instructions)
    case (.early, .greeted(let greeting)):
      instructions.append(.send(.client, greeting.bytes))
      relay(with: move.peer, &instructions)
    case (.hello, .greeted): sayAgain(move, at: now, &instructions)
    case (.hello, .answered(let reply)):
      instructions.append(.send(.client, reply.bytes))
      relay(with: move.peer, &instructions)
    case (.command, .greeted): sayAgain(move, at: now, &instructions)
    case (.command(let command), .answered(let reply)):
      guard reply.isPositive else { return refuse(move, reply, to: .hello, at: now, &instructions) }
      handOver(command, to: move.peer, reply, at: now, &instructions)
    case (.startTLS, .greeted): sayAgain(move, at: now, &instructions)
    case (.startTLS, .answered(let reply)): askForTLS(move, reply, at: now, &instructions)
    case (.startTLS, .readyForTLS): enterTLS(move, &instructions)
    case (.terminate, .greeted): serverIsReadyForTLS(move, at: now, &instructions)
    case (_, .refused(.reply(let reply, let question))): refuse(move, reply, to: question, at: now, &instructions)
    case (_, .refused(let refusal)): refuse(move, refusal.words, at: now, &instructions)
    case (_, .spokeUnasked): refuse(move, "it spoke unasked", at: now, &instructions)
    // What the purpose never asks for is never answered.
    case (.raw, _), (.guarded, _), (.early, _), (.hello, _), (.command, _), (.startTLS, _), (.terminate, _): break
    }
  }

  /// The server has greeted: say the hello, unless it has heard it; then, or without one, what was pending.
  private func sayAgain(_ move: Move, at now: Instant, _ instructions: inout [Instruction]) {
    if let hello, let server = self[move.peer], let reply = server.helloReply, server.hello == hello {
      progress(move, .answered(reply), at: now, &instructions)
    } else if let hello {
      introduce(hello, to: move.peer, &instructions)
    } else if case .command(let command) = move.purpose {
      // It never introduced itself. What servers say to that differs; this one will say it itself.
      instructions.append(.send(move.peer, command.bytes))
      relay(with: move.peer, &instructions)
    }
  }

  func introduce(_ hello: Hello, to peer: Peer, _ instructions: inout [Instruction]) {
    guard let server = self[peer], let line = server.introduction?.say(hello) else { return }
    server.hello = hello
    instructions.append(.send(peer, line))
  }

  private func askForTLS(_ move: Move, _ reply: Reply, at now: Instant, _ instructions: inout [Instruction]) {
    guard reply.isPositive else { return refuse(move, reply, to: .hello, at: now, &instructions) }
    guard let server = self[move.peer]?.server, context.capabilities(reply, of: server).promises("STARTTLS") else {
      return refuse(move, Refusal.noSTARTTLS.words, at: now, &instructions)
    }
    guard let line = self[move.peer]?.introduction?.sayStartTLS() else {
      return refuse(move, Refusal.chatter(.hello).words, at: now, &instructions)
    }
    instructions.append(.send(move.peer, line))
  }

  /// The server's 220 is in hand; now the client may hear it.
  private func enterTLS(_ move: Move, _ instructions: inout [Instruction]) {
    guard let client = inbox.drained() else { return say(.injected, thenEnd: .injection, &instructions) }
    guard let server = self[move.peer]?.introduction?.drained() else { return end(.serverRefused, &instructions) }
    instructions.append(.send(.client, Reply.readyForTLS.bytes))
    relayTLS(with: move.peer, client, server, &instructions)
  }

  /// Only with both proofs in hand do bytes cross into TLS.
  private func relayTLS(
    with peer: Peer, _ client: consuming Drained, _ server: consuming Drained, _ instructions: inout [Instruction]
  ) { relay(with: peer, &instructions) }

  /// What the client has sent and nobody has taken goes first, then all goes both ways.
  func relay(with peer: Peer, _ instructions: inout [Instruction]) {
    if peer == .target { leaveGreeter(&instructions) }
    pass(peer, &instructions)
    let waiting = inbox.takeAll()
    if !waiting.isEmpty { instructions.append(.send(peer, waiting)) }
    instructions.append(.relay(with: peer))
    summary.ending = .relayed
    phase = .over
    deadline = nil
  }

  /// What the server has said and nobody has taken goes to the client.
  func pass(_ peer: Peer, _ instructions: inout [Instruction]) {
    guard let rest = self[peer]?.introduction?.takeRest(), !rest.isEmpty else { return }
    instructions.append(.send(.client, rest))
  }
}

extension Refusal {
  /// For the reply to the client.
  var words: String {
    switch self {
    case .reply(let reply, let question): "it answered \(question.rawValue) with \(reply.code)"
    case .malformed(let question): "it answered \(question.rawValue) with what is no reply"
    case .chatter(let question): "it talked past its reply to \(question.rawValue)"
    case .noXCLIENT: "it does not grant XCLIENT"
    case .noSTARTTLS: "it offers no STARTTLS"
    }
  }
}
