// What follows from how a client begins. A decision is a fold over facts as they are; these are the facts of a client of whom
// usher supposes, or has just learnt, that it begins so.

extension Facts {
  /// These facts, of a client that begins in one of those ways and no other: what such a client cannot say any more is absent.
  /// Facts that are already known stay.
  public func narrowed(to beginning: Beginning) -> Facts {
    var facts = self
    facts.beginning.formIntersection(beginning)
    // After STARTTLS too the hello comes later than the decision: the 220 that calls for it is the server's.
    if !facts.beginning.contains(.implicit) { facts.hello.close() }
    switch facts.beginning {
    case .implicit: facts.supposeHelloFirst()
    case .startTLS: facts.supposeStartTLS()
    default: break
    }
    return facts
  }

  private mutating func supposeHelloFirst() {
    protocolName.settle("tls")
    silent = silent == .notYet ? .no : silent
    early = early == .notYet ? .no : early
    helo.close()
    command.close()
    mailFrom.close()
  }

  /// Only a client that waited to be greeted is spoken with, so nothing is known of its first bytes but that they did not come.
  private mutating func supposeStartTLS() {
    protocolName.close()
    silent = silent == .notYet ? .yes : silent
    early = early == .notYet ? .no : early
    command.settle("STARTTLS")
    mailFrom.close()
    firstBytesAreWhole = true
  }

  /// These facts, of a client whose first command in plaintext is that one.
  /// - Parameter command: its verb, upper case.
  public func supposing(command verb: String) -> Facts {
    var facts = narrowed(to: .plaintext)
    facts.command.settle(verb)
    if facts.command != .value("MAIL") { facts.mailFrom.close() }
    return facts
  }
}

extension Known {
  /// It will not come any more, unless it is here.
  fileprivate mutating func close() {
    if self == .pending { self = .absent }
  }

  /// It can only be that, unless it is here.
  fileprivate mutating func settle(_ value: Value) {
    if self == .pending { self = .value(value) }
  }
}
