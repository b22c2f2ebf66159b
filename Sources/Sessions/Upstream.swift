import Dialogues
import Routing
import Wire

/// A server's connection, as the session knows it.
final class Upstream {
  let server: ServerID
  /// Nil where the server is not spoken with.
  var introduction: Introduction?
  /// Whether it has said something, or was told something: then it is no longer as a client would find it.
  var isTouched = false
  /// Whether it has ended its side.
  var hasEnded = false
  /// When it was connected.
  private(set) var connected = Instant(nanoseconds: .max)
  /// The client's hello as it was said to it.
  var hello: Hello?
  var greeting: Reply?
  var helloReply: Reply?

  init(server: ServerID, introduction: Introduction?) {
    self.server = server
    self.introduction = introduction
  }

  var isConnected: Bool { connected.nanoseconds != .max }

  func connect(at now: Instant) { connected = now }

  /// Whether a server that tells TLS clients from silent ones by their silence (stunnel: for 200 ms) has surely not
  /// settled yet. It has long before its greeting comes, which may wait for the server behind it.
  func canStillTakeTLS(at now: Instant) -> Bool { !isConnected || now < connected + .milliseconds(100) }
}
