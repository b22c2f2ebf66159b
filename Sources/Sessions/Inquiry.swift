import Dialogues
public import Routing
public import Wire

/// Asks a mail server what it promises, as a plaintext client would, or one of its addresses whether it is there: a conversation
/// whose only end is the target.
public final class Inquiry: Conversation {
  private enum Phase { case dialling, greeting, hello, over }

  public private(set) var deadline: Instant?
  public var listensTo: Peers { .target }
  public var room: Int { 0 }
  public var outcome: Summary? { nil }
  public var isInGrace: Bool { false }
  /// Whether the server has told.
  public private(set) var isAnswered = false
  /// Whom it asks.
  public let server: ServerID
  private let context: Context
  /// The address that is asked whether it is there; nil when the server is asked what it promises.
  public let address: Int?
  /// What is wrong with that address, in words; nil while nothing is known to be.
  public private(set) var trouble: String?
  /// Whether it was found out how that address is.
  public private(set) var isConclusive = false
  private var introduction: Introduction
  private var phase = Phase.dialling

  /// - Parameters:
  ///   - context: of the thread that asks.
  ///   - server: whom to ask.
  ///   - address: the index of the address to ask whether it is there, by the server's `health`; nil asks for promises.
  public init(context: Context, server: ServerID, address: Int? = nil) {
    self.context = context
    self.server = server
    self.address = address
    let limits = context.configuration.settings.limits
    introduction = Introduction(longestLine: limits.replyLine, mostLines: limits.replyLines)
  }

  public func began(at now: Instant, _ instructions: inout [Instruction]) {
    var dial = Dial(server: server, source: nil, preface: asksToConnect ? [] : preface, isSpokenTo: false)
    dial.address = address
    instructions.append(.dial(.target, dial))
    // One time for all of it.
    if address != nil { deadline = now + health.timeout }
  }

  private var health: Health { context.configuration[server].health }
  private var asksToConnect: Bool { address != nil && health.check != .greeting }

  private func wait(_ time: Duration, from now: Instant) {
    if address == nil { deadline = now + time }
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
    if asksToConnect { return leave(nil, &instructions) }
    phase = .greeting
    wait(context.configuration.settings.timeouts.greeting, from: now)
  }

  public func received(_ bytes: Span<UInt8>, from peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    introduction.received(bytes)
    let guest = Guest(ownName: context.hostname, xclient: nil)
    while phase != .over, let progress = introduction.next(for: guest) {
      switch progress {
      case .greeted:
        phase = .hello
        guard let hello = Hello(Command(Array("EHLO \(context.hostname)".utf8))),
          let line = introduction.say(hello)
        else { return leave(nil, &instructions) }
        instructions.append(.send(.target, line))
        wait(context.configuration.settings.timeouts.reply, from: now)
      case .answered(let reply):
        isAnswered = reply.isPositive
        if isAnswered { instructions.append(.learned(server, narrowed(Capabilities(reply)))) }
        instructions.append(.send(.target, Array("QUIT\r\n".utf8)))
        leave(reply.isPositive ? nil : "EHLO was answered with \(reply.code)", &instructions)
      case .refused(.reply(let reply, to: .greeting)): leave("it greeted with \(reply.code)", &instructions)
      case .say, .readyForTLS, .spokeUnasked, .refused: leave("it does not speak as a mail server does", &instructions)
      }
    }
  }

  /// Servers answer by address, and usher's own is often trusted: what a client was offered since, an inquiry can only narrow.
  private func narrowed(_ offered: Capabilities) -> Capabilities {
    context.promises[server.index].map { $0.common(with: offered) } ?? offered
  }

  private func leave(_ trouble: String?, _ instructions: inout [Instruction]) {
    self.trouble = trouble
    isConclusive = true
    hangUp(&instructions)
  }

  private func hangUp(_ instructions: inout [Instruction]) {
    phase = .over
    deadline = nil
    instructions.append(.hangUp(.target))
    instructions.append(.finish)
  }

  public func ended(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    leave("it closed the connection", &instructions)
  }
  public func failed(_ peer: Peer, _ failure: Failure, at now: Instant, _ instructions: inout [Instruction]) {
    switch failure {
    case .unreachable(let reason), .broken(let reason), .insecure(let reason): leave(reason, &instructions)
    }
  }
  public func secured(at now: Instant, _ instructions: inout [Instruction]) {}
  public func woke(at now: Instant, _ instructions: inout [Instruction]) {
    leave(phase == .dialling ? "no answer in time" : "it does not greet in time", &instructions)
  }
  public func stopped(at now: Instant, _ instructions: inout [Instruction]) { hangUp(&instructions) }
}
