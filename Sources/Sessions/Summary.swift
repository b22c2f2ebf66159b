public import Routing
public import Wire

/// What a connection's log line tells of its way, as far as the conversation knows it.
public struct Summary: Sendable, Hashable {
  /// The index in `Configuration.listeners`.
  public var listener: Int
  public var client: Endpoint
  public var local: Endpoint
  /// When it was accepted.
  public var accepted: Instant
  /// What the first bytes were: `tls`, `incomplete-tls`, `broken-tls`, `oversized-hello`, `silent`, a name of
  /// `PlaintextProtocol`, `unknown`; nil when it was never asked.
  public var verdict: String?
  /// The index of the rule that won.
  public var rule: Int?
  /// The server that the client was shown to.
  public var server: ServerID?
  /// What decided it.
  public var decidedBy: Evidence?
  /// From accept to the first byte of the client.
  public var firstByteAfter: Duration?
  /// From accept to the decision.
  public var decidedAfter: Duration?
  /// How many bytes of the client had been read then.
  public var decidedBytes = 0
  /// Whether the client's silence lasted for the whole grace.
  public var graceWaited: Duration?
  /// How the conversation ended.
  public var ending: Ending?

  public init(listener: Int, client: Endpoint, local: Endpoint, accepted: Instant) {
    self.listener = listener
    self.client = client
    self.local = local
    self.accepted = accepted
  }

  /// What decided.
  public enum Evidence: String, Sendable, Hashable {
    case accept, bytes, silence, helo, command, starttls
  }

  /// How a conversation ended.
  public enum Ending: String, Sendable, Hashable {
    /// Bytes were relayed; the engine knows how that ended.
    case relayed
    case rejected, dropped
    /// No rule matched, or the rule's server does not take this client's TLS.
    case unanswered
    /// The server was not there, or refused.
    case serverRefused = "server-refused"
    /// A ClientHello came after the greeting.
    case lateHello = "late-hello"
    /// Bytes were pipelined behind STARTTLS.
    case injection
    case incompleteTLS = "incomplete-tls"
    case brokenTLS = "broken-tls"
    case oversizedHello = "oversized-hello"
    /// TLS with usher itself failed.
    case insecure
    case quit
    case clientLeft = "client-left"
    case timeout
    /// A line too long, or too many commands.
    case limit
    case stopped
  }
}
