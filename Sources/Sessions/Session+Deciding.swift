import Dialogues
import Routing
import Wire

// From a decision to what is done.

extension Session {
  /// Asks the rules, and does what they say; false when they do not know yet.
  func decide(_ evidence: Summary.Evidence, at now: Instant, _ instructions: inout [Instruction]) -> Bool {
    switch listener.rules.conclude(facts) {
    case .notYet: return false
    case .none:
      unanswered(at: now, &instructions)
      return true
    case .rule(let index):
      note(index, evidence, at: now)
      act(listener.rules.rules[index].action, at: now, &instructions)
      return true
    }
  }

  func note(_ rule: Int, _ evidence: Summary.Evidence, at now: Instant) {
    summary.rule = rule
    summary.decidedBy = evidence
    summary.decidedAfter = now - summary.accepted
    summary.decidedBytes = clientBytes
    if case .to(let server, _) = listener.rules.rules[rule].action { summary.server = server }
  }

  /// Only before the greeting; afterwards `Session+Listening` knows what the client waits for.
  private func act(_ action: Action, at now: Instant, _ instructions: inout [Instruction]) {
    switch action {
    case .drop: end(.dropped, &instructions)
    case .reject(let text, _): reject(text, &instructions)
    case .to(let server, let terminating):
      if facts.beginning == .implicit {
        admitTLS(to: server, terminating: terminating, at: now, &instructions)
      } else if inbox.isEmpty {
        let mayTakeTLS = context.configuration[server].tls.contains(.implicit)
        move(to: server, mayTakeTLS ? .raw : .guarded, at: now, &instructions)
      } else {
        let mustBeGreeted = isMail && context.configuration[server].clientAddress == .xclient
        move(to: server, mustBeGreeted || greeterHasSpoken(for: server) ? .early : .raw, at: now, &instructions)
      }
    }
  }

  private func admitTLS(to server: ServerID, terminating: Bool, at now: Instant, _ instructions: inout [Instruction]) {
    if terminating {
      move(to: server, .terminate(afterSTARTTLS: false), at: now, &instructions)
    } else if context.configuration[server].tls.contains(.implicit) {
      move(to: server, .raw, at: now, &instructions)
    } else {
      // A ClientHello never reaches a server that does not take it.
      refuseTLS(.unanswered, .unrecognizedName, summary.verdict, &instructions)
    }
  }

  private func greeterHasSpoken(for server: ServerID) -> Bool {
    greeter?.server == server && greeter?.isTouched == true && greeter?.hello == nil
  }

  func reject(_ text: String, _ instructions: inout [Instruction]) {
    if facts.beginning == .implicit, !isSecured {
      refuseTLS(.rejected, .accessDenied, summary.verdict, &instructions)
    } else {
      instructions.append(.send(.client, Array(text.utf8) + [13, 10]))
      end(.rejected, &instructions)
    }
  }

  /// No rule matches, or none that could serve this client.
  func unanswered(at now: Instant, _ instructions: inout [Instruction]) {
    if facts.beginning == .implicit {
      refuseTLS(.unanswered, .unrecognizedName, summary.verdict, &instructions)
    } else if isMail {
      say(.unavailable(context.hostname, "no server for you"), thenEnd: .unanswered, &instructions)
    } else {
      end(.unanswered, &instructions)
    }
  }
}
