public import Routing
public import Wire

/// Asks a mail server for its EHLO reply, as a plaintext client would: a conversation whose only end is the target.
public final class Inquiry: Conversation {
  public private(set) var listensTo: Peers = []
  public private(set) var deadline: Instant?

  /// - Parameters:
  ///   - context: of the thread that asks.
  ///   - server: whom to ask.
  public init(context: Context, server: ServerID) {}

  public func began(at now: Instant, _ instructions: inout [Instruction]) {}
  public func received(_ bytes: Span<UInt8>, from peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {}
  public func ended(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {}
  public func connected(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {}
  public func failed(_ peer: Peer, _ failure: Failure, at now: Instant, _ instructions: inout [Instruction]) {}
  public func secured(at now: Instant, _ instructions: inout [Instruction]) {}
  public func woke(at now: Instant, _ instructions: inout [Instruction]) {}
  public func stopped(at now: Instant, _ instructions: inout [Instruction]) {}
}
