public import Wire

/// What the engine drives: a machine without descriptor, clock, thread or log. The engine tells it what happened and when,
/// does what it says, and asks after each call for whom it listens to and until when it wants to wait.
public protocol Conversation: AnyObject {
  /// The ends that are to be read from now. Bytes of other ends stay in the kernel.
  var listensTo: Peers { get }
  /// How many bytes of the client are taken at most, the next time; 0 while it is not listened to.
  var room: Int { get }
  /// When `woke` is to be called, if nothing else happens before; nil waits for ever.
  var deadline: Instant? { get }
  /// Whether it is still waited for whether the client speaks first.
  var isInGrace: Bool { get }
  /// What is to be told of a client when all is over; nil for a conversation without one.
  var outcome: Summary? { get }

  /// The first call: the client is there (or, for a conversation without a client, it may begin).
  func began(at now: Instant, _ instructions: inout [Instruction])
  /// Bytes arrived from an end that is listened to; never empty.
  func received(_ bytes: Span<UInt8>, from peer: Peer, at now: Instant, _ instructions: inout [Instruction])
  /// That end will send no more (FIN, or close_notify in TLS); it may still take bytes.
  func ended(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction])
  /// The dialled connection is there and the preface is on its way.
  func connected(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction])
  /// The end is gone, both ways. For the client the engine closes everything; nothing needs to be said.
  func failed(_ peer: Peer, _ failure: Failure, at now: Instant, _ instructions: inout [Instruction])
  /// The TLS handshake with the client is done.
  func secured(at now: Instant, _ instructions: inout [Instruction])
  /// The deadline has passed.
  func woke(at now: Instant, _ instructions: inout [Instruction])
  /// The process ends: say what the protocol says then, and finish.
  func stopped(at now: Instant, _ instructions: inout [Instruction])
}
