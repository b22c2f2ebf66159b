// What a command asks of a server beyond RFC 5321: one row a verb or a parameter, with the extension that makes it legal.

extension Capabilities {
  /// The first keyword without which that command is illegal, or means something else, and which is not promised; nil when there
  /// is none. Parameters and verbs that no row knows are the server's business.
  public func missing(for command: Command) -> String? {
    switch command.verb {
    case "MAIL", "RCPT": MailCommand(command)?.parameters.lazy.compactMap { missing($0, of: command.verb) }.first
    case "BDAT": missing("CHUNKING")
    case "BURL": missing("BURL")
    case "ETRN": missing("ETRN")
    case "ATRN": missing("ATRN")
    case "AUTH": missing(mechanism: command.argument)
    default: nil
    }
  }

  private func missing(_ keyword: String) -> String? { promises(keyword) ? nil : keyword }

  /// RFC 4954 §4: the first word of the argument is the mechanism.
  private func missing(mechanism argument: [UInt8]) -> String? {
    guard let auth = self["AUTH"] else { return "AUTH" }
    let name = String(decoding: argument.prefix { !isSpace($0) }, as: UTF8.self).uppercased()
    return auth.parameters.contains { $0.uppercased() == name } ? nil : "AUTH"
  }

  private func missing(_ parameter: MailCommand.Parameter, of verb: String) -> String? {
    switch (verb, parameter.keyword) {
    case ("MAIL", "SIZE"): missing("SIZE")
    // RFC 6152 §3, RFC 3030 §3
    case ("MAIL", "BODY") where parameter.value?.uppercased() == "BINARYMIME": missing("BINARYMIME")
    case ("MAIL", "BODY"): missing("8BITMIME")
    // RFC 6531 §3.4
    case ("MAIL", "SMTPUTF8"): missing("SMTPUTF8")
    // RFC 3461 §4
    case ("MAIL", "RET"), ("MAIL", "ENVID"), ("RCPT", "NOTIFY"), ("RCPT", "ORCPT"): missing("DSN")
    // RFC 4954 §5
    case ("MAIL", "AUTH"): missing("AUTH")
    case ("MAIL", "BY"): missing("DELIVERBY")
    case ("MAIL", "HOLDFOR"), ("MAIL", "HOLDUNTIL"): missing("FUTURERELEASE")
    case ("MAIL", "MT-PRIORITY"): missing("MT-PRIORITY")
    case ("MAIL", "REQUIRETLS"): missing("REQUIRETLS")
    // RFC 3865 §2, RFC 3885 §3, RFC 7293 §3, RFC 4141 §4
    case ("MAIL", "SOLICIT"): missing("NO-SOLICITING")
    case ("MAIL", "MTRK"): missing("MTRK")
    case ("RCPT", "RRVS"): missing("RRVS")
    case ("MAIL", "CONPERM"): missing("CONPERM")
    case ("RCPT", "CONNEG"): missing("CONNEG")
    default: nil
    }
  }

  /// Whether a client that was promised all of this is understood by a server that offers that. Restrictions are no promises; and
  /// a smaller limit than was promised is the server's to tell.
  public func isKept(by offered: Capabilities) -> Bool {
    extensions.allSatisfy { mine in
      if mine.isRestriction || mine.keyword == "STARTTLS" { return true }
      guard let theirs = offered[mine.keyword] else { return false }
      return mine.keyword != "AUTH" || mine.common(with: theirs) == mine
    }
  }
}

extension Reply {
  /// The answer to a command that needs what the server does not have.
  /// - Parameters:
  ///   - keyword: what is missing.
  ///   - mayComeBack: whether it was promised, and the client shall try again and will be told the truth.
  init(missing keyword: String, for command: Command, mayComeBack: Bool) {
    switch (command.verb, mayComeBack) {
    // RFC 4954 §6
    case ("AUTH", true): self.init(454, "4.7.0 Temporary authentication failure: the server has changed, try again")
    case ("AUTH", false): self.init(504, "5.5.4 Error: this mechanism is not offered")
    // RFC 3463 §3.4: system not capable of selected features
    case (_, true): self.init(451, "4.3.3 Error: the server has changed and does not offer \(keyword) now, try again")
    // RFC 5321 §4.1.1.11
    case ("MAIL", false), ("RCPT", false): self.init(555, "5.5.4 Error: \(keyword) is not offered")
    case (_, false): self.init(502, "5.5.1 Error: \(keyword) is not offered")
    }
  }
}
