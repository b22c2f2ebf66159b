import Dialogues
import Peek
import Routing
import Wire

// The first bytes, or their absence.

extension Session {
  func peek(at now: Instant, _ instructions: inout [Instruction]) {
    guard !inbox.isEmpty else { return end(.clientLeft, &instructions) }
    learnFirstBytes(areWhole: clientHasEnded || graceIsOver)
    let inbox = self.inbox
    switch sniffer.look(at: inbox.waiting) {
    case .undecided(let couldBeTLS):
      if couldBeTLS == .no { return sawPlaintext(nil, at: now, &instructions) }
      if clientHasEnded { return refuseTLS(.incompleteTLS, .decodeError, "incomplete-tls", &instructions) }
      // Incomplete TLS is not plaintext, however short: it is not the grace that ends the wait for the rest.
      if case .peeking = phase { enter(.readingHello, settings.timeouts.hello, at: now) }
    case .tls(let hello): saw(hello, at: now, &instructions)
    case .brokenTLS: refuseTLS(.brokenTLS, .decodeError, "broken-tls", &instructions)
    case .tooLarge: refuseTLS(.oversizedHello, .recordOverflow, "oversized-hello", &instructions)
    case .plaintext(let known): sawPlaintext(known.name, at: now, &instructions)
    case .unknown: sawPlaintext("unknown", at: now, &instructions)
    }
  }

  private func saw(_ hello: ClientHello, at now: Instant, _ instructions: inout [Instruction]) {
    summary.verdict = "tls"
    facts.saw(hello)
    if !decide(.bytes, at: now, &instructions) { unanswered(at: now, &instructions) }
  }

  /// - Parameter name: nil while it could still be one of several.
  private func sawPlaintext(_ name: String?, at now: Instant, _ instructions: inout [Instruction]) {
    // In a dialogue it is an early talker, and is routed as plaintext: RFC 5321 §3.1 has the server speak first.
    facts.sawPlaintext(name, isMail: isMail)
    summary.verdict = name ?? "unknown"
    if case .readingHello = phase {
      enter(.peeking, .zero, at: max(now, summary.accepted + listener.grace.wait(roundTrip: nil)))
    }
    if decide(.bytes, at: now, &instructions) { return }
    if clientHasEnded || (isMail && name != nil && !listener.rules.readsFirstBytes) { endGrace(at: now, &instructions) }
  }

  private func learnFirstBytes(areWhole: Bool) {
    guard listener.rules.readsFirstBytes, !facts.firstBytesAreWhole else { return }
    let inbox = self.inbox
    let waiting = inbox.waiting
    facts.firstBytes = waiting.indices.map { waiting[$0] }
    facts.firstBytesAreWhole = areWhole || inbox.count >= settings.limits.pipelined
  }

  /// What only bytes could have answered becomes no; then it is decided, or a silent client of a mail listener is greeted.
  func endGrace(at now: Instant, _ instructions: inout [Instruction]) {
    if inbox.isEmpty, !graceIsOver { summary.graceWaited = now - summary.accepted }
    graceIsOver = true
    let before = (facts, summary.verdict)
    facts.endGrace(silently: inbox.isEmpty)
    if inbox.isEmpty { summary.verdict = "silent" }
    if decide(inbox.isEmpty ? .silence : .bytes, at: now, &instructions) { return }
    guard isMail else { return unanswered(at: now, &instructions) }
    if let greeter, greeter.greeting == nil {
      // Until the greeting can be said, a ClientHello is not late: what is known of the client waits with it.
      if inbox.isEmpty { (facts, summary.verdict) = before }
      deadline = summary.accepted + max(listener.grace.max, settings.timeouts.greeting)
      return
    }
    greet(at: now, &instructions)
  }

  /// The server was chosen by silence, and greets; a ClientHello that comes now is late, and never reaches it.
  func guardServer(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    if inbox.isEmpty { return relay(with: peer, &instructions) }
    switch isLateHello() {
    case .yes: refuseLateHello(&instructions)
    case .no: relay(with: peer, &instructions)
    case .notYet: if clientHasEnded { refuseLateHello(&instructions) }
    }
  }

  /// Whether what waits begins a ClientHello.
  func isLateHello() -> Answer {
    // A fresh sniffer: the client may begin anew at any line.
    var sniffer = Sniffer(largestHello: settings.limits.hello)
    let inbox = self.inbox
    switch sniffer.look(at: inbox.waiting) {
    case .undecided(let couldBeTLS): return couldBeTLS
    case .tls, .brokenTLS, .tooLarge: return .yes
    case .plaintext, .unknown: return .no
    }
  }

  func refuseLateHello(_ instructions: inout [Instruction]) {
    // Where nobody waited for a hello, it is not late: the rule's server takes no TLS.
    if summary.decidedBy == .accept {
      return refuseTLS(.unanswered, .unrecognizedName, summary.verdict, &instructions)
    }
    refuseTLS(.lateHello, .unexpectedMessage, summary.verdict, &instructions)
  }
}
