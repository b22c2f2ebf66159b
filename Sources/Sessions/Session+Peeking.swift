import Dialogues
import Peek
import Routing
import Wire

// The first bytes, or their absence.

extension Session {
  /// How many of the first bytes a rule can read. A pattern is asked anew at every segment, so this bounds the work that a
  /// client can make, as it bounds the memory.
  static let mostFirstBytes = 4096

  func peek(at now: Instant, _ instructions: inout [Instruction]) {
    guard !inbox.isEmpty else { return end(.clientLeft, &instructions) }
    learnFirstBytes(areWhole: clientHasEnded || graceIsOver)
    let sniffer = sniffer ?? Box(Sniffer(largestHello: settings.limits.hello))
    self.sniffer = sniffer
    switch look(&sniffer.value) {
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

  private func look(_ sniffer: inout Sniffer) -> Sighting {
    let inbox = inbox
    return sniffer.look(at: inbox.waiting)
  }

  private func saw(_ hello: ClientHello, at now: Instant, _ instructions: inout [Instruction]) {
    sniffer = nil
    summary.verdict = "tls"
    var facts = facts
    facts.saw(hello)
    findings = Findings(facts)
    if !decide(facts, .bytes, at: now, &instructions) { unanswered(at: now, &instructions) }
  }

  /// - Parameter name: nil while it could still be one of several.
  private func sawPlaintext(_ name: String?, at now: Instant, _ instructions: inout [Instruction]) {
    facts.sawPlaintext(name, isMail: isMail)
    summary.verdict = name ?? "unknown"
    if case .readingHello = phase {
      phase = .peeking
      deadline = max(now, graceEnds)
    }
    if decide(.bytes, at: now, &instructions) { return }
    let isReadEnough = findings.firstBytesAreWhole || !listener.rules.readsFirstBytes
    if clientHasEnded || (isMail && name != nil && isReadEnough) { endGrace(at: now, &instructions) }
  }

  private func learnFirstBytes(areWhole: Bool) {
    guard listener.rules.readsFirstBytes, !findings.firstBytesAreWhole else { return }
    let count = min(inbox.count, Session.mostFirstBytes)
    let inbox = inbox
    facts.firstBytes = (0..<count).map { inbox.waiting[$0] }
    facts.firstBytesAreWhole = areWhole || count == Session.mostFirstBytes
  }

  /// What only bytes could have answered becomes no; then it is decided, or a silent client of a mail listener is greeted.
  func endGrace(at now: Instant, _ instructions: inout [Instruction]) {
    let isSilent = inbox.isEmpty
    if isSilent, !graceIsOver { summary.graceWaited = now - summary.accepted }
    graceIsOver = true
    let before = (findings, summary.verdict)
    facts.endGrace(silently: isSilent)
    if isSilent { summary.verdict = "silent" }
    if decide(isSilent ? .silence : .bytes, at: now, &instructions) { return }
    guard isMail else { return unanswered(at: now, &instructions) }
    if let greeter, greeter.greeting == nil {
      // Until the greeting can be said, a ClientHello is not late: what is known of the client waits with it.
      deadline = max(graceEnds, summary.accepted + patience(for: settings.timeouts.greeting))
      if isSilent { (findings, summary.verdict) = before }
      return
    }
    greet(at: now, &instructions)
  }

  /// How long a client waits for the greeter: as long as for any server where it can be the one that the client ends up
  /// with; otherwise not so long that a TLS server which hangs would cost plaintext clients their mail.
  func patience(for usual: Duration) -> Duration {
    context.greeterTakesPlaintext[summary.listener] ? usual : min(usual, settings.timeouts.greeter)
  }

  /// The server was chosen by silence, and greets the client; what it has said already goes first.
  func letGreet(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    enter(.guarding(peer), settings.timeouts.idle, at: now)
    pass(peer, &instructions)
    if !inbox.isEmpty || clientHasEnded { guardServer(peer, at: now, &instructions) }
  }

  /// A ClientHello that comes now is late, and never reaches that server.
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
    switch look(&sniffer) {
    case .undecided(let couldBeTLS): return couldBeTLS
    case .tls, .brokenTLS, .tooLarge: return .yes
    case .plaintext, .unknown: return .no
    }
  }

  func refuseLateHello(_ instructions: inout [Instruction]) {
    if summary.decidedBy == .accept {
      // Where nobody waited for a hello, it is not late: the rule's server takes no TLS.
      refuseTLS(.unanswered, .unrecognizedName, summary.verdict, &instructions)
    } else {
      // After a command the grace is not to blame: openssl s_client begins TLS even when STARTTLS was refused.
      refuseTLS(commands == 0 ? .lateHello : .unexpectedTLS, .unexpectedMessage, summary.verdict, &instructions)
    }
  }
}
