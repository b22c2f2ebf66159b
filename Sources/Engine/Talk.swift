import Sessions

/// What a connection needs until its relay begins, and then no more.
final class Talk {
  /// Says what is done.
  let conversation: any Conversation
  /// The attempts to connect that are under way.
  var greeter: Attempt?
  var target: Attempt?

  init(_ conversation: any Conversation) { self.conversation = conversation }
}
