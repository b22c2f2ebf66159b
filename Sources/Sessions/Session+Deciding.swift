import Dialogues
import Routing
import Wire

// From a decision to what is done.

extension Session {
  /// Asks the rules, and does what they say; false when they do not know yet.
  func decide(_ evidence: Summary.Evidence, at now: Instant, _ instructions: inout [Instruction]) -> Bool {
    decide(facts, evidence, at: now, &instructions)
  }

  /// - Parameter facts: the session's, from who has them at hand.
  func decide(
    _ facts: Facts, _ evidence: Summary.Evidence, at now: Instant, _ instructions: inout [Instruction]
  ) -> Bool {
    switch listener.rules.conclude(facts) {
    case .notYet: return false
    case .none:
      unanswered(at: now, &instructions)
      return true
    case .rule(let index):
      let action = listener.rules.rules[index].action
      note(index, action, evidence, at: now)
      act(action, at: now, &instructions)
      return true
    }
  }

  func note(_ rule: Int, _ action: Action, _ evidence: Summary.Evidence, at now: Instant) {
    summary.rule = rule
    summary.decidedBy = evidence
    summary.decidedAfter = now - summary.accepted
    summary.decidedBytes = clientBytes
    if case .to(let server, _) = action { summary.server = server } else { summary.server = nil }
  }

  /// Only before the greeting; afterwards `Session+Listening` knows what the client waits for.
  private func act(_ action: Action, at now: Instant, _ instructions: inout [Instruction]) {
    switch action {
    case .drop: end(.dropped, &instructions)
    case .reject(let text, let tarpit): reject(text, after: tarpit, at: now, &instructions)
    case .to(let server, let terminating):
      if findings.beginning == .implicit {
        admitTLS(to: server, terminating: terminating, at: now, &instructions)
      } else {
        move(to: server, inbox.isEmpty ? silentPurpose(server) : earlyPurpose(server), at: now, &instructions)
      }
    }
  }

  /// A server that takes TLS at once tells a hello from silence by itself; any other must not see one.
  private func silentPurpose(_ server: ServerID) -> Move.Purpose {
    context.configuration[server].tls.contains(.implicit) && !mustIntroduce(to: server) ? .raw : .guarded
  }

  private func earlyPurpose(_ server: ServerID) -> Move.Purpose {
    mustIntroduce(to: server) || greeterHasSpoken(for: server) ? .early : .raw
  }

  /// XCLIENT is said after the server's greeting, so nothing of the client can be handed on before.
  private func mustIntroduce(to server: ServerID) -> Bool { isMail && clientAddress(of: server) == .xclient }

  private func greeterHasSpoken(for server: ServerID) -> Bool {
    greeter?.server == server && greeter?.isTouched == true && greeter?.hello == nil
  }

  private func admitTLS(to server: ServerID, terminating: Bool, at now: Instant, _ instructions: inout [Instruction]) {
    if terminating {
      move(to: server, .terminate(afterSTARTTLS: false), at: now, &instructions)
    } else if context.configuration[server].tls.contains(.implicit), !mustIntroduce(to: server) {
      move(to: server, .raw, at: now, &instructions)
    } else {
      // A ClientHello never reaches a server that does not take it; nor one that is to be told the client's address
      // by XCLIENT, which nobody can say inside the client's TLS.
      refuseTLS(.unanswered, .unrecognizedName, summary.verdict, &instructions)
    }
  }

  func reject(_ text: String, after tarpit: Duration?, at now: Instant, _ instructions: inout [Instruction]) {
    let isInTLS = findings.beginning == .implicit && !isSecured
    let words = isInTLS ? Alert.accessDenied.bytes : Array(text.utf8) + [13, 10]
    guard let tarpit else { return say(words, thenEnd: .rejected, &instructions) }
    lose(.greeter, &instructions)
    _ = inbox.takeAll()
    enter(.tarpitting(words), tarpit, at: now)
  }

  /// No rule matches, or none that could serve this client.
  func unanswered(at now: Instant, _ instructions: inout [Instruction]) {
    if findings.beginning == .implicit {
      refuseTLS(.unanswered, .unrecognizedName, summary.verdict, &instructions)
    } else if isMail {
      say(.unavailable(context.hostname, "no server for you"), thenEnd: .unanswered, &instructions)
    } else {
      end(.unanswered, &instructions)
    }
  }
}
