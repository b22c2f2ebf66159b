// How facts grow: one function an event, so that the session that lives through them and the explanation that imagines them
// speak of the same client.

public import Peek
import Wire

extension Facts {
  /// Its first bytes are a whole ClientHello.
  public mutating func saw(_ hello: ClientHello) {
    self.hello = .value(hello)
    beginning = .implicit
    protocolName = .value("tls")
    silent = .no
    early = .no
    // Nobody will be spoken with.
    helo = .absent
    command = .absent
    mailFrom = .absent
    firstBytesAreWhole = true
  }

  /// Its first bytes are not TLS.
  /// - Parameters:
  ///   - name: of the protocol, or `unknown`; nil while it could still be one of several.
  ///   - isMail: whether the listener has a dialogue: RFC 5321 §3.1 has the server speak first.
  public mutating func sawPlaintext(_ name: String?, isMail: Bool) {
    beginning = .plaintext
    hello = .absent
    silent = .no
    early = Answer(isMail)
    protocolName = name.map { .value($0) } ?? .pending
  }

  /// The grace is over: what only bytes could have answered becomes no.
  /// - Parameter silently: whether not a byte came.
  public mutating func endGrace(silently: Bool) {
    beginning.remove(.implicit)
    hello = .absent
    silent = Answer(silently)
    if silently { early = .no }
    if protocolName == .pending { protocolName = silently ? .absent : .value("unknown") }
    firstBytesAreWhole = true
  }

  /// It introduced itself in the dialogue.
  /// - Parameters:
  ///   - name: the argument.
  ///   - canStartTLS: false for HELO, behind which there are no extensions.
  public mutating func heard(hello name: [UInt8], canStartTLS: Bool) {
    helo = .value(name)
    if !canStartTLS { beginning = .plaintext }
  }

  /// These facts, and its first command after that, in plaintext.
  /// - Parameters:
  ///   - verb: upper case.
  ///   - mailFrom: the reverse-path, when it is MAIL.
  public func with(command verb: String, mailFrom path: [UInt8]?) -> Facts {
    var facts = self
    facts.beginning = .plaintext
    facts.command = .value(verb)
    facts.mailFrom = path.map { .value($0) } ?? .absent
    if facts.helo == .pending { facts.helo = .absent }
    return facts
  }

  /// These facts, and its first command after that, STARTTLS.
  public var withStartTLS: Facts {
    var facts = self
    facts.beginning = .startTLS
    facts.command = .value("STARTTLS")
    facts.mailFrom = .absent
    return facts
  }
}

extension RuleList {
  /// What they say of a client of whom that is known, where it can be acted on: for a rule with `terminate-tls` it must be known
  /// whether there is TLS to terminate.
  public func conclude(_ facts: Facts) -> Decision {
    let decision = decide(facts)
    let isBeginningKnown = facts.beginning.rawValue.nonzeroBitCount == 1
    guard case .rule(let index) = decision, case .to(_, terminatingTLS: true) = rules[index].action, !isBeginningKnown
    else { return decision }
    return .notYet
  }
}
