import Dialogues
import Routing
import Wire

// What servers say, and what becomes of a client whose server refuses or goes.

extension Session {
  func serverSaid(_ bytes: Span<UInt8>, _ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    if case .guarding(let guarded) = phase, guarded == peer {
      return instructions.append(.send(.client, bytes.indices.map { bytes[$0] }))
    }
    if case .mediating(peer, let box) = phase {
      box.value.received(bytes)
      return mediate(at: now, &instructions)
    }
    guard let server = self[peer] else { return }
    server.isTouched = true
    server.introduction?.received(bytes)
    // What was said behind the words that lost it is nothing to the server that is dialled in its place.
    while self[peer] === server, let progress = server.introduction?.next(for: guest(of: server.server)) {
      serverDid(progress, peer, at: now, &instructions)
      if case .over = phase { return }
      if case .guarding = phase { return }
      if case .mediating = phase { return }
    }
  }

  private func serverDid(_ progress: Progress, _ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    switch progress {
    case .greeted(let greeting): self[peer]?.greeting = greeting
    case .answered(let reply):
      self[peer]?.helloReply = reply
      learn(reply, of: peer, &instructions)
    default: break
    }
    switch (phase, progress) {
    case (.moving(let move), _) where move.peer == peer: self.progress(move, progress, at: now, &instructions)
    case (.encrypted(peer), .answered(let reply)): answerEncrypted(reply, at: now, &instructions)
    case (.awaitingHello, .answered(let reply)): greeterAnswered(reply, at: now, &instructions)
    case (_, .say(let bytes)): instructions.append(.send(peer, bytes))
    case (.peeking, .greeted) where graceIsOver: endGrace(at: now, &instructions)
    case (_, .greeted), (_, .answered), (_, .readyForTLS): break
    case (_, .refused), (_, .spokeUnasked):
      serverIsGone(peer, .broken("it refused"), at: now, &instructions)
    }
  }

  func serverIsGone(_ peer: Peer, _ failure: Failure, at now: Instant, _ instructions: inout [Instruction]) {
    switch phase {
    case .moving(let move) where move.peer == peer: refuse(move, failure.words, at: now, &instructions)
    case .encrypted(peer):
      say(.unavailable(context.hostname, "lost the server"), thenEnd: .serverRefused, &instructions)
    // It greeted and ended: the client hears what there is, and may still be heard.
    case .guarding(peer) where self[peer]?.hasEnded == true: relay(with: peer, &instructions)
    case .guarding(peer): end(.serverRefused, &instructions)
    case .mediating(peer, let box): mediatedServerIsGone(peer, box, at: now, &instructions)
    case .awaitingHello:
      lose(peer, &instructions)
      promise(at: now, &instructions)
    case .peeking where graceIsOver && peer == .greeter:
      lose(peer, &instructions)
      endGrace(at: now, &instructions)
    case .over: break
    default: lose(peer, &instructions)
    }
  }

  /// It is no more use; the client does not notice.
  func lose(_ peer: Peer, _ instructions: inout [Instruction]) {
    guard self[peer] != nil else { return }
    instructions.append(.hangUp(peer))
    self[peer] = nil
  }

  /// The server refused with a reply of its own. 4yz and 5yz to EHLO are about this client, and are passed on; a greeting
  /// of 5yz is not a reason to lose a mail: the client is told to come again.
  func refuse(
    _ move: Move, _ reply: Reply, to question: Refusal.Question, at now: Instant, _ instructions: inout [Instruction]
  ) {
    guard question == .hello, !move.isSwitchingToTLS, reply.code != 421, reply.code >= 400, wasGreeted(before: move)
    else {
      return refuse(move, Refusal.reply(reply, to: question).words, at: now, &instructions)
    }
    lose(move.peer, &instructions)
    instructions.append(.send(.client, reply.bytes))
    listen(at: now, &instructions)
  }

  /// The server cannot be had: its words become the reply to what the client waits for.
  func refuse(_ move: Move, _ words: String, at now: Instant, _ instructions: inout [Instruction]) {
    lose(move.peer, &instructions)
    if move.isSwitchingToTLS {
      // RFC 3207 §4: 454, and the client may go on in plaintext.
      instructions.append(.send(.client, Reply.tlsNotAvailable.bytes))
      return listen(at: now, &instructions)
    }
    if findings.beginning == .implicit, !isSecured {
      refuseTLS(.serverRefused, .internalError, summary.verdict, &instructions)
    } else if isMail {
      say(.unavailable(context.hostname, words), thenEnd: .serverRefused, &instructions)
    } else {
      end(.serverRefused, &instructions)
    }
  }

  /// Whether the client had been greeted when the move began.
  func wasGreeted(before move: Move) -> Bool {
    switch move.purpose {
    case .hello, .command, .startTLS, .terminate(afterSTARTTLS: true): true
    case .raw, .guarded, .early, .terminate(afterSTARTTLS: false): false
    }
  }
}

extension Failure {
  /// For the reply to the client: nothing about addresses behind usher.
  var words: String {
    switch self {
    case .unreachable: "it cannot be reached"
    case .broken: "it closed the connection"
    case .insecure: "TLS failed"
    }
  }
}
