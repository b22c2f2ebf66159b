// usher as a mail server, for as long as a client has not decided. What it hears is what stands in one table.

/// What a line of the client means before it is routed.
public enum Heard: Sendable, Hashable {
  /// It introduces itself; may decide.
  case hello(Hello)
  /// It wants TLS; decides.
  case startTLS
  /// It decides, and the server that is chosen answers.
  case command(Command)
  /// It decides nothing, and is answered at once.
  case answered(Reply)
  /// It leaves, and is answered.
  case farewell(Reply)
}

/// The table: what a client has said so far, and what it says now.
public struct Reception: Sendable {
  /// What the client has said so far.
  public enum State: Sendable, Hashable { case greeted, introduced }
  /// Where it stands.
  public private(set) var state = State.greeted

  public init() {}

  /// - Parameter line: without its end.
  public mutating func hear(_ line: [UInt8]) -> Heard {
    let command = Command(line)
    if command.isAmbiguous { return .answered(.syntaxError) }
    switch (state, command.verb) {
    case (_, "EHLO"), (_, "HELO"), (_, "LHLO"):
      guard let hello = Hello(command) else { return .answered(.missingName) }
      state = .introduced
      return .hello(hello)
    // RFC 3207 §4: no parameters; and a client learns of STARTTLS only by EHLO.
    case (.greeted, "STARTTLS"): return .answered(.helloFirst)
    case (.introduced, "STARTTLS"): return command.argument.isEmpty ? .startTLS : .answered(.noParameters)
    case (_, "NOOP"), (_, "RSET"): return .answered(.ok)
    case (_, "QUIT"): return .farewell(.bye)
    case (_, ""): return .answered(.syntaxError)
    case (_, _): return .command(command)
    }
  }
}

extension Reply {
  public static let ok = Reply(250, "2.0.0 Ok")
  static let bye = Reply(221, "2.0.0 Bye")
  public static let syntaxError = Reply(500, "5.5.2 Error: bad syntax")
  static let missingName = Reply(501, "5.5.4 Syntax: EHLO hostname")
  static let noParameters = Reply(501, "5.5.4 Syntax: STARTTLS, without parameters")
  static let helloFirst = Reply(503, "5.5.1 Error: send EHLO first")

  /// RFC 3207 §4.
  public static let tlsNotAvailable = Reply(454, "4.7.0 TLS not available due to temporary reason")
  /// RFC 3207 §4.2: not inside TLS.
  public static let alreadyEncrypted = Reply(503, "5.5.1 Error: TLS is already active")
  /// No rule takes a client that says STARTTLS.
  public static let tlsNotOffered = Reply(502, "5.5.1 Error: STARTTLS is not offered")
  /// RFC 3207 §4.
  public static let readyForTLS = Reply(220, "2.0.0 Ready to start TLS")
  /// CVE-2011-0411.
  public static let injected = Reply(554, "5.5.0 Error: commands behind STARTTLS")
  /// RFC 5321 §4.5.3.1.4.
  public static let lineTooLong = Reply(500, "5.5.2 Error: line too long")
}
