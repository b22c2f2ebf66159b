import Dialogues
import TLS
import Wire

/// Where a visit ended before its time.
struct VisitFailure: Error, Sendable, Hashable {
  enum Step: String, Sendable, Hashable {
    case connection, tls = "TLS", greeting, hello = "EHLO", startTLS = "STARTTLS"
  }
  var step: Step
  /// What happened, without a full stop.
  var reason: String
  var refusal: Refusal?
  var isTimeout = false
  /// Whether the server closed the connection.
  var hasClosed = false
}

/// Whether a server would relay for strangers.
enum RelayAnswer: Sendable, Hashable {
  /// It takes the recipient: with that reply.
  case takes(String)
  case refuses(String)
  /// It could not be asked, or refused before: with that reply, or for that reason.
  case unknown(String)
}

/// What was found at one address of one server, in one way.
struct VisitReport: Sendable {
  let visit: Visit
  var connectedAfter: Duration?
  var greeting: Reply?
  /// From connect to the whole greeting.
  var greetedAfter: Duration?
  var tls: ClientSession.Server?
  /// The last reply to EHLO.
  var helloReply: Reply?
  /// What it promises to a client that came this way.
  var capabilities: Capabilities?
  /// What it promised before STARTTLS.
  var capabilitiesBeforeTLS: Capabilities?
  var relay: RelayAnswer?
  var failure: VisitFailure?

  init(visit: Visit) { self.visit = visit }
}
