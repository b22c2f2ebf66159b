import Dialogues
public import Routing
public import Wire

/// Asks a mail server what it promises, as a plaintext client would: a conversation whose only end is the target.
public final class Inquiry: Conversation {
  private enum Phase { case dialling, greeting, hello, over }

  public private(set) var deadline: Instant?
  public var listensTo: Peers { .target }
  public var outcome: Summary? { nil }
  /// Whether the server has told.
  public private(set) var isAnswered = false
  /// Whom it asks.
  public let server: ServerID
  private let context: Context
  private var introduction: Introduction
  private var phase = Phase.dialling

  /// - Parameters:
  ///   - context: of the thread that asks.
  ///   - server: whom to ask.
  public init(context: Context, server: ServerID) {
    self.context = context
    self.server = server
    let limits = context.configuration.settings.limits
    introduction = Introduction(longestLine: limits.replyLine, mostLines: limits.replyLines)
  }

  public func began(at now: Instant, _ instructions: inout [Instruction]) {
    instructions.append(.dial(.target, Dial(server: server, source: nil, preface: preface, isSpokenTo: false)))
  }

  /// The health check that the specification has for it; version 1 has only UNKNOWN, which Postfix answers with 421, so
  /// a loopback client is made up for it.
  private var preface: [UInt8] {
    switch context.configuration[server].clientAddress {
    case .proxyV2: PROXYHeader.local
    case .proxyV1: Array("PROXY TCP4 127.0.0.1 127.0.0.1 25 25\r\n".utf8)
    case .xclient, .transparent, .hidden: []
    }
  }

  public func connected(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    phase = .greeting
    deadline = now + context.configuration.settings.timeouts.greeting
  }

  public func received(_ bytes: Span<UInt8>, from peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    introduction.received(bytes)
    let guest = Guest(ownName: context.hostname, xclient: nil)
    while phase != .over, let progress = introduction.next(for: guest) {
      switch progress {
      case .greeted:
        phase = .hello
        guard let hello = Hello(Command(Array("EHLO \(context.hostname)".utf8))) else { return leave(&instructions) }
        instructions.append(.send(.target, introduction.say(hello)))
        deadline = now + context.configuration.settings.timeouts.reply
      case .answered(let reply):
        isAnswered = reply.isPositive
        if isAnswered { instructions.append(.learned(server, narrowed(Capabilities(reply)))) }
        instructions.append(.send(.target, Array("QUIT\r\n".utf8)))
        leave(&instructions)
      case .say, .readyForTLS, .spokeUnasked, .refused: leave(&instructions)
      }
    }
  }

  /// Servers answer by address, and usher's own is often trusted: what a client was offered since, an inquiry can only narrow.
  private func narrowed(_ offered: Capabilities) -> Capabilities {
    context.promises[server.index].map { $0.common(with: offered) } ?? offered
  }

  private func leave(_ instructions: inout [Instruction]) {
    phase = .over
    deadline = nil
    instructions.append(.hangUp(.target))
    instructions.append(.finish)
  }

  public func ended(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) { leave(&instructions) }
  public func failed(_ peer: Peer, _ failure: Failure, at now: Instant, _ instructions: inout [Instruction]) {
    leave(&instructions)
  }
  public func secured(at now: Instant, _ instructions: inout [Instruction]) {}
  public func woke(at now: Instant, _ instructions: inout [Instruction]) { leave(&instructions) }
  public func stopped(at now: Instant, _ instructions: inout [Instruction]) { leave(&instructions) }
}
