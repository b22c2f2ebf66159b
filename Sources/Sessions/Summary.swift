public import Routing
public import Wire

/// What a connection's log line tells of its way, as far as the conversation knows it. A relay keeps it for as long as it
/// lasts, so it is small: spans are counted in 32 bits.
public struct Summary: Sendable, Hashable {
  public let client: Endpoint
  public let local: Endpoint
  /// When it was accepted.
  public let accepted: Instant
  /// What the first bytes were: `tls`, `incomplete-tls`, `broken-tls`, `oversized-hello`, `silent`, a name of
  /// `PlaintextProtocol`, `unknown`; nil when it was never asked.
  public internal(set) var verdict: String?
  /// The server that the client was shown to.
  public internal(set) var server: ServerID?
  private var ruleNumber: Int32 = -1
  private var decidedByteCount: UInt32 = 0
  private var firstByteSpan = Span.none
  private var decisionSpan = Span.none
  private var silenceSpan = Span.none
  private let listenerNumber: UInt16
  /// What decided it.
  public internal(set) var decidedBy: Evidence?
  /// How the conversation ended.
  public internal(set) var ending: Ending?

  public init(listener: Int, client: Endpoint, local: Endpoint, accepted: Instant) {
    listenerNumber = UInt16(listener)
    self.client = client
    self.local = local
    self.accepted = accepted
  }

  /// The index in `Configuration.listeners`.
  public var listener: Int { Int(listenerNumber) }

  /// The index of the rule that won.
  public internal(set) var rule: Int? {
    get { ruleNumber < 0 ? nil : Int(ruleNumber) }
    set { ruleNumber = newValue.map { Int32($0) } ?? -1 }
  }

  /// From accept to the first byte of the client.
  public internal(set) var firstByteAfter: Duration? {
    get { firstByteSpan.duration }
    set { firstByteSpan = Span(newValue) }
  }

  /// From accept to the decision.
  public internal(set) var decidedAfter: Duration? {
    get { decisionSpan.duration }
    set { decisionSpan = Span(newValue) }
  }

  /// How many bytes of the client had been read then.
  public internal(set) var decidedBytes: Int {
    get { Int(decidedByteCount) }
    set { decidedByteCount = UInt32(clamping: newValue) }
  }

  /// How long the client was waited for before it was greeted; nil when it spoke before.
  public internal(set) var graceWaited: Duration? {
    get { silenceSpan.duration }
    set { silenceSpan = Span(newValue) }
  }

  /// What this visit tells of how the client begins; nil when it tells nothing.
  public var habit: Grace.Habit? {
    switch (ending, verdict, decidedBy) {
    case (.lateHello, _, _): .late
    case (_, "tls", _), (.incompleteTLS, _, _): .tls
    case (_, "silent", .helo), (_, "silent", .command), (_, "silent", .starttls), (.quit, "silent", _): .silent
    // Silence decided, and what the client said then was seen to be no ClientHello.
    case (.relayed, "silent", .silence) where firstByteAfter != nil: .silent
    default: nil
    }
  }

  /// What decided.
  public enum Evidence: String, Sendable, Hashable {
    case accept, bytes, silence, helo, command, starttls
  }

  /// How a conversation ended.
  public enum Ending: String, Sendable, Hashable {
    /// Bytes were relayed; the engine knows how that ended.
    case relayed
    /// The server did not have all that the client was promised, and usher spoke between them to the end.
    case mediated
    case rejected, dropped
    /// No rule matched, or the rule's server does not take this client's TLS.
    case unanswered
    /// The server was not there, refused, or left the client that it was mediated with.
    case serverRefused = "server-refused"
    /// A ClientHello came after the greeting: the grace was too short.
    case lateHello = "late-hello"
    /// A ClientHello came in the middle of the conversation.
    case unexpectedTLS = "unexpected-tls"
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

/// Microseconds, up to 71 minutes.
private struct Span: Sendable, Hashable {
  private let microseconds: UInt32
  static let none = Span(nil)

  init(_ duration: Duration?) {
    microseconds = duration.map { UInt32(clamping: min($0.wholeNanoseconds / 1000, Int64(UInt32.max) - 1)) } ?? .max
  }

  var duration: Duration? { microseconds == .max ? nil : .microseconds(Int64(microseconds)) }
}
