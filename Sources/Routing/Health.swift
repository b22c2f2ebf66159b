/// How usher finds out whether an address of a server is up. What it sees of clients' connections counts in any case.
public struct Health: Sendable, Hashable {
  /// What is asked of an address when no client asks.
  public enum Check: String, Sendable, Hashable, CaseIterable {
    /// Nothing: only the connections of clients tell.
    case none
    /// A TCP or Unix connection.
    case connect
    /// A connection, its whole SMTP greeting, which must be 220, and its answer to EHLO, which must be 250.
    case greeting
  }

  public var check = Check.none
  /// From one question to the next.
  public var every: Duration = .seconds(10)
  /// For the connection and what is asked over it.
  public var timeout: Duration = .seconds(5)
  /// So many failures in a row make an address down.
  public var downAfter = 3
  /// So many successes in a row make it up again.
  public var upAfter = 2

  public init() {}
}

/// What a client is told of STARTTLS while no server can take it.
public enum StartTLSWhenDown: String, Sendable, Hashable, CaseIterable {
  /// It is not offered: who would have used it goes on in plaintext, so it is the user's own word.
  case hide
  /// It is offered, and answered 454 (RFC 3207 §4): a downgrade is a decision, not an accident.
  case tempfail
}
