public import Routing
public import Wire

/// The life of one client, from accept to the relay.
public final class Session: Conversation {
  public private(set) var summary: Summary
  public private(set) var listensTo: Peers = .client
  public private(set) var deadline: Instant?
  private let context: Context

  /// - Parameters:
  ///   - context: what it shares with the others of its thread.
  ///   - listener: the index in `Configuration.listeners`.
  ///   - client: where the client comes from.
  ///   - local: where it arrived.
  ///   - accepted: when.
  public init(context: Context, listener: Int, client: Endpoint, local: Endpoint, accepted: Instant) {
    self.context = context
    summary = Summary(listener: listener, client: client, local: local, accepted: accepted)
  }

  public func began(at now: Instant, _ instructions: inout [Instruction]) {}
  public func received(_ bytes: Span<UInt8>, from peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {}
  public func ended(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {}
  public func connected(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {}
  public func failed(_ peer: Peer, _ failure: Failure, at now: Instant, _ instructions: inout [Instruction]) {}
  public func secured(at now: Instant, _ instructions: inout [Instruction]) {}
  public func woke(at now: Instant, _ instructions: inout [Instruction]) {}
  public func stopped(at now: Instant, _ instructions: inout [Instruction]) {}
}
