import Dialogues
import Routing
import Wire

// The client was greeted; usher listens for what decides.

extension Session {
  /// Says the greeter's greeting, or its own when the greeter cannot be had: the mail of a plaintext client does not
  /// wait for a TLS server that is down.
  func greet(at now: Instant, _ instructions: inout [Instruction]) {
    let greeting = greeter?.greeting ?? Reply(220, "\(context.hostname) ESMTP usher")
    sniffer = nil
    instructions.append(.send(.client, greeting.bytes))
    listen(at: now, &instructions)
  }

  func listen(at now: Instant, _ instructions: inout [Instruction]) {
    enter(.listening, settings.timeouts.command, at: now)
    converse(at: now, &instructions)
  }

  func converse(at now: Instant, _ instructions: inout [Instruction]) {
    while case .listening = phase {
      if mayBeginHello {
        switch isLateHello() {
        case .yes: return refuseLateHello(&instructions)
        case .notYet where clientHasEnded: return refuseLateHello(&instructions)
        case .notYet: return waitForHello(at: now)
        case .no: break
        }
      }
      switch inbox.next() {
      case .partial:
        if clientHasEnded { end(.clientLeft, &instructions) }
        return
      case .tooLong: say(.lineTooLong, thenEnd: .limit, &instructions)
      case .line(let line): hear(line, at: now, &instructions)
      }
    }
  }

  /// Whether what waits begins as no line of SMTP does, and every ClientHello.
  var mayBeginHello: Bool {
    guard let first = inbox.first else { return false }
    return first >= 0x80 || first < 0x20 && first != 13 && first != 10
  }

  private func waitForHello(at now: Instant) {
    let end = now + settings.timeouts.hello
    deadline = deadline.map { min($0, end) } ?? end
  }

  private func hear(_ line: [UInt8], at now: Instant, _ instructions: inout [Instruction]) {
    guard count(&instructions) else { return }
    deadline = now + settings.timeouts.command
    switch reception.hear(line) {
    case .answered(let reply): instructions.append(.send(.client, reply.bytes))
    case .farewell(let reply):
      leaveGreeter(&instructions)
      say(reply, thenEnd: .quit, &instructions)
    case .hello(let hello): heard(hello, at: now, &instructions)
    case .startTLS: heardStartTLS(at: now, &instructions)
    case .command(let command): heard(command, at: now, &instructions)
    }
  }

  /// One more command; false when that was one too many.
  func count(_ instructions: inout [Instruction]) -> Bool {
    guard commands < settings.limits.commands else {
      say(.tooMany(context.hostname), thenEnd: .limit, &instructions)
      return false
    }
    commands += 1
    return true
  }

  private func heard(_ hello: Hello, at now: Instant, _ instructions: inout [Instruction]) {
    self.hello = hello
    var facts = facts
    facts.heard(hello: hello.name, canStartTLS: hello.asksForExtensions)
    guard let action = decideInDialogue(facts, .helo, at: now) else { return ask(hello, at: now, &instructions) }
    act(action, .hello, at: now, &instructions)
  }

  private func heard(_ command: Command, at now: Instant, _ instructions: inout [Instruction]) {
    let facts = facts.with(command: command.verb, mailFrom: command.reversePath)
    guard let action = decideInDialogue(facts, .command, at: now) else {
      return say(.unavailable(context.hostname, "no server for you"), thenEnd: .unanswered, &instructions)
    }
    act(action, .command(command), at: now, &instructions)
  }

  private func heardStartTLS(at now: Instant, _ instructions: inout [Instruction]) {
    guard inbox.isEmpty else { return say(.injected, thenEnd: .injection, &instructions) }
    guard findings.beginning.contains(.startTLS), hello?.asksForExtensions == true else {
      return instructions.append(.send(.client, Reply.tlsNotOffered.bytes))
    }
    switch decideInDialogue(facts.withStartTLS, .starttls, at: now) {
    case .to(let server, terminatingTLS: true):
      move(to: server, .terminate(afterSTARTTLS: true), at: now, &instructions)
    case .to(let server, _) where context.configuration[server].tls.contains(.startTLS):
      move(to: server, .startTLS, at: now, &instructions)
    case .reject(let text, let tarpit): reject(text, after: tarpit, at: now, &instructions)
    case .drop: end(.dropped, &instructions)
    // A client that said STARTTLS never goes where STARTTLS is not taken; it may go on in plaintext.
    case .to, nil: instructions.append(.send(.client, Reply.tlsNotOffered.bytes))
    }
  }

  private func act(_ action: Action, _ purpose: Move.Purpose, at now: Instant, _ instructions: inout [Instruction]) {
    switch action {
    case .drop: end(.dropped, &instructions)
    case .reject(let text, let tarpit): reject(text, after: tarpit, at: now, &instructions)
    case .to(let server, _): move(to: server, purpose, at: now, &instructions)
    }
  }

  /// What the rules say; nil when they do not know yet, or no rule matches.
  private func decideInDialogue(_ facts: Facts, _ evidence: Summary.Evidence, at now: Instant) -> Action? {
    guard case .rule(let index) = listener.rules.conclude(facts) else { return nil }
    let action = listener.rules.rules[index].action
    note(index, action, evidence, at: now)
    return action
  }

  /// A server that is left without QUIT logs a lost connection.
  func leaveGreeter(_ instructions: inout [Instruction]) {
    if greeter?.introduction?.state == .ready { instructions.append(.send(.greeter, Array("QUIT\r\n".utf8))) }
    lose(.greeter, &instructions)
  }
}
