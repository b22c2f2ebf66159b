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
  var isConnected = false
  /// The client's hello as it was said to it.
  var hello: Hello?
  var greeting: Reply?
  var helloReply: Reply?

  private let dialled: Instant

  init(server: ServerID, introduction: Introduction?, at now: Instant) {
    self.server = server
    self.introduction = introduction
    dialled = now
  }

  /// Whether a server that tells TLS clients from silent ones by their silence (stunnel: for 200 ms) has surely not
  /// settled yet. It has long before its greeting comes, which may wait for the server behind it. Its time begins when its
  /// kernel takes the connection, and that it did is heard later, on a busy machine much later: only the dial is surely before.
  func canStillTakeTLS(at now: Instant) -> Bool { now < dialled + .milliseconds(100) }
}
