import Dialogues
import Peek
public import Routing
public import Wire

/// The life of one client, from accept to the relay: see `Phase`.
public final class Session: Conversation {
  public internal(set) var summary: Summary
  public internal(set) var deadline: Instant?

  let context: Context
  let listener: Listener
  var phase = Phase.peeking
  var facts: Facts
  var sniffer: Sniffer
  /// What the client has sent and nobody has taken.
  var inbox: LineBuffer
  var reception = Reception()
  /// The client's last EHLO, HELO or LHLO.
  var hello: Hello?
  var commands = 0
  /// How many bytes the client has sent.
  var clientBytes = 0
  /// Whether usher speaks TLS with it.
  var isSecured = false
  var clientHasEnded = false
  var graceIsOver = false
  var greeter: Upstream?
  var target: Upstream?

  /// - Parameters:
  ///   - context: what it shares with the others of its thread.
  ///   - listener: the index in `Configuration.listeners`.
  ///   - client: where the client comes from.
  ///   - local: where it arrived.
  ///   - accepted: when; the grace is measured from then.
  public init(context: Context, listener: Int, client: Endpoint, local: Endpoint, accepted: Instant) {
    self.context = context
    self.listener = context.configuration.listeners[listener]
    summary = Summary(listener: listener, client: client, local: local, accepted: accepted)
    facts = Facts(client: client, local: local, dialogue: self.listener.dialogue != nil)
    sniffer = Sniffer(largestHello: context.configuration.settings.limits.hello)
    inbox = LineBuffer(longestLine: context.configuration.settings.limits.commandLine)
  }

  var settings: Settings { context.configuration.settings }
  var isMail: Bool { listener.dialogue != nil }

  /// What the client pipelines is bounded: beyond the limit it stays in the kernel.
  public var listensTo: Peers {
    switch phase {
    case .over: []
    case .securing: [.greeter, .target]
    default: inbox.count > settings.limits.pipelined ? [.greeter, .target] : [.client, .greeter, .target]
    }
  }

  public func began(at now: Instant, _ instructions: inout [Instruction]) {
    deadline = summary.accepted + listener.grace.wait(roundTrip: nil)
    if decide(.accept, at: now, &instructions) { return }
    if let greeter = listener.greeter, isMail { dial(.greeter, greeter, &instructions) }
  }

  public func received(_ bytes: Span<UInt8>, from peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    guard peer == .client else { return serverSaid(bytes, peer, at: now, &instructions) }
    if summary.firstByteAfter == nil { summary.firstByteAfter = now - summary.accepted }
    clientBytes += bytes.count
    inbox.append(bytes)
    clientSpoke(at: now, &instructions)
  }

  public func ended(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    if peer == .client {
      clientHasEnded = true
      clientSpoke(at: now, &instructions)
    } else {
      self[peer]?.hasEnded = true
      serverIsGone(peer, .broken("closed by the server"), at: now, &instructions)
    }
  }

  public func failed(_ peer: Peer, _ failure: Failure, at now: Instant, _ instructions: inout [Instruction]) {
    guard peer == .client else { return serverIsGone(peer, failure, at: now, &instructions) }
    if case .insecure = failure { end(.insecure, &instructions) } else { end(.clientLeft, &instructions) }
  }

  public func connected(_ peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    self[peer]?.isConnected = true
    if case .moving(let move) = phase, move.peer == peer { advance(move, at: now, &instructions) }
  }

  public func woke(at now: Instant, _ instructions: inout [Instruction]) {
    deadline = nil
    switch phase {
    case .peeking:
      // The second time it is the greeter that was too slow.
      if graceIsOver { lose(.greeter, &instructions) }
      endGrace(at: now, &instructions)
    case .readingHello: refuseTLS(.incompleteTLS, .decodeError, "incomplete-tls", &instructions)
    case .listening, .encrypted: say(.tooSlow(context.hostname), thenEnd: .timeout, &instructions)
    case .awaitingHello(let hello):
      lose(.greeter, &instructions)
      promise(hello, at: now, &instructions)
    case .moving(let move): refuse(move, "it did not answer in time", at: now, &instructions)
    case .securing: end(.insecure, &instructions)
    case .guarding: end(.timeout, &instructions)
    case .over: break
    }
  }

  public func stopped(at now: Instant, _ instructions: inout [Instruction]) {
    switch phase {
    case .listening, .awaitingHello, .encrypted: say(.stopping(context.hostname), thenEnd: .stopped, &instructions)
    case .peeking where isMail && inbox.isEmpty: say(.stopping(context.hostname), thenEnd: .stopped, &instructions)
    case .moving(let move) where wasGreeted(before: move):
      say(.stopping(context.hostname), thenEnd: .stopped, &instructions)
    default: end(.stopped, &instructions)
    }
  }

  // MARK: - What the phases share

  func clientSpoke(at now: Instant, _ instructions: inout [Instruction]) {
    switch phase {
    // An early talker waits for the greeting, and was looked at already.
    case .peeking where graceIsOver && facts.early == .yes: break
    case .peeking, .readingHello: peek(at: now, &instructions)
    case .listening: converse(at: now, &instructions)
    case .guarding(let peer): guardServer(peer, at: now, &instructions)
    case .encrypted(let peer): converseEncrypted(with: peer, at: now, &instructions)
    case .moving(let move) where move.isSwitchingToTLS && !inbox.isEmpty:
      // RFC 3207 §4: it has not been told to go ahead, so this was in clear, whoever put it there.
      say(.injected, thenEnd: .injection, &instructions)
    case .awaitingHello, .moving, .securing, .over: break
    }
  }

  func enter(_ next: Phase, _ timeout: Duration, at now: Instant) {
    phase = next
    deadline = now + timeout
  }

  func dial(_ peer: Peer, _ id: ServerID, _ instructions: inout [Instruction]) {
    let server = context.configuration[id]
    let introduction = isMail ? introduction(to: server) : nil
    self[peer] = Upstream(server: id, introduction: introduction)
    let source = server.clientAddress == .transparent ? facts.client : nil
    instructions.append(.dial(peer, Dial(server: id, source: source, preface: preface(for: server))))
  }

  private func introduction(to server: Server) -> Introduction {
    let xclient = server.clientAddress == .xclient ? XCLIENT(client: facts.client, local: facts.local) : nil
    let limits = settings.limits
    return Introduction(
      ownName: context.hostname, xclient: xclient, longestLine: limits.replyLine, mostLines: limits.replyLines)
  }

  private func preface(for server: Server) -> [UInt8] {
    var header = PROXYHeader(source: facts.client, destination: facts.local, authority: nil, alpn: nil)
    if case .value(let hello) = facts.hello {
      header.authority = hello.serverNames.first
      header.alpn = hello.alpn.first
    }
    switch server.clientAddress {
    case .proxyV1: return header.version1
    case .proxyV2: return header.version2
    case .xclient, .transparent, .hidden: return []
    }
  }

  subscript(peer: Peer) -> Upstream? {
    get { peer == .greeter ? greeter : target }
    _modify {
      if peer == .greeter { yield &greeter } else { yield &target }
    }
  }
}

extension Session {
  /// The rules that it is asked by.
  public var rules: [Rule] { listener.rules.rules }
}
