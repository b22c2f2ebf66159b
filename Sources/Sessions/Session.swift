import Dialogues
import Peek
public import Routing
public import Wire

/// The life of one client, from accept to the relay: see `Phase`.
///
/// There is one for every client that is not relayed yet, ten thousand when they are slow, so it is small: what is the same for
/// all is in the context, what only some need is made when they need it.
public final class Session: Conversation {
  let context: Context
  public internal(set) var summary: Summary
  public var outcome: Summary? { summary }
  var findings: Findings
  var phase = Phase.peeking
  private var wakesAt = Instant.never
  /// When the client has been silent for long enough.
  let graceEnds: Instant
  /// What the client has sent and nobody has taken.
  var inbox: LineBuffer
  /// Made when the first byte comes.
  var sniffer: Box<Sniffer>?
  /// The client's last EHLO, HELO or LHLO.
  var hello: Hello?
  /// How many bytes the client has sent.
  var clientBytes = 0
  var greeter: Upstream?
  var target: Upstream?
  /// What the client's last EHLO was answered with.
  var promised: Capabilities?
  var commands: UInt16 = 0
  var reception = Reception()
  /// Whether usher speaks TLS with it.
  var isSecured = false
  var clientHasEnded = false
  var graceIsOver = false
  /// The process ends as soon as nothing is under way.
  var isStopping = false

  /// - Parameters:
  ///   - context: what it shares with the others of its thread.
  ///   - listener: the index in `Configuration.listeners`.
  ///   - client: where the client comes from.
  ///   - local: where it arrived.
  ///   - accepted: when.
  ///   - grace: how long the client may stay silent, from then: `Grace.wait`.
  public init(
    context: Context, listener: Int, client: Endpoint, local: Endpoint, accepted: Instant, grace: Duration
  ) {
    self.context = context
    summary = Summary(listener: listener, client: client, local: local, accepted: accepted)
    findings = Findings(
      Facts(client: client, local: local, dialogue: context.configuration.listeners[listener].dialogue != nil))
    graceEnds = accepted + grace
    inbox = LineBuffer(longestLine: context.configuration.settings.limits.commandLine)
  }

  // Lent, not copied: a copy would retain all that they hold.
  var listener: Listener { _read { yield context.configuration.listeners[summary.listener] } }
  var settings: Settings { _read { yield context.configuration.settings } }
  var isMail: Bool { listener.dialogue != nil }

  public internal(set) var deadline: Instant? {
    get { wakesAt == .never ? nil : wakesAt }
    set { wakesAt = newValue ?? .never }
  }

  public var isInGrace: Bool {
    if case .peeking = phase { !graceIsOver } else { false }
  }

  public var listensTo: Peers {
    switch phase {
    case .over: []
    // A greeting is looked at in mail alone; of other protocols not a byte may be lost.
    case .securing: isMail ? [.greeter, .target] : []
    default: room == 0 ? [.greeter, .target] : [.client, .greeter, .target]
    }
  }

  /// What the client pipelines is bounded: beyond the limit it stays in the kernel. What is read as a whole has room in any case.
  public var room: Int {
    let limits = settings.limits
    let whole = if case .readingHello = phase { Sniffer.longest(hello: limits.hello) } else { limits.commandLine + 2 }
    return max(0, max(limits.pipelined, whole) - inbox.count)
  }

  public func began(at now: Instant, _ instructions: inout [Instruction]) {
    deadline = graceEnds
    if decide(.accept, at: now, &instructions) { return }
    if let greeter = listener.greeter, isMail { dial(.greeter, greeter, at: now, &instructions) }
  }

  public func received(_ bytes: Span<UInt8>, from peer: Peer, at now: Instant, _ instructions: inout [Instruction]) {
    guard peer == .client else { return serverSaid(bytes, peer, at: now, &instructions) }
    if clientBytes == 0 { summary.firstByteAfter = now - summary.accepted }
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
    if case .over = phase { return }
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
    case .encrypted(let peer) where self[peer]?.introduction?.state != .ready:
      say(.unavailable(context.hostname, "it did not answer in time"), thenEnd: .serverRefused, &instructions)
    case .listening where mayBeginHello: refuseLateHello(&instructions)
    case .listening, .encrypted: say(.tooSlow(context.hostname), thenEnd: .timeout, &instructions)
    case .awaitingHello:
      lose(.greeter, &instructions)
      promise(at: now, &instructions)
    case .moving(let move): refuse(move, "it did not answer in time", at: now, &instructions)
    case .securing: end(.insecure, &instructions)
    case .guarding: end(.timeout, &instructions)
    case .tarpitting(let words): say(words, thenEnd: .rejected, &instructions)
    case .mediating(_, let box) where box.value.waitsForServer:
      say(.unavailable(context.hostname, "it did not answer in time"), thenEnd: .serverRefused, &instructions)
    case .mediating: say(.tooSlow(context.hostname), thenEnd: .timeout, &instructions)
    case .over: break
    }
  }

  public func stopped(at now: Instant, _ instructions: inout [Instruction]) {
    switch phase {
    case .listening, .awaitingHello, .encrypted: say(.stopping(context.hostname), thenEnd: .stopped, &instructions)
    case .peeking where isMail && inbox.isEmpty: say(.stopping(context.hostname), thenEnd: .stopped, &instructions)
    case .moving(let move) where wasGreeted(before: move):
      say(.stopping(context.hostname), thenEnd: .stopped, &instructions)
    case .tarpitting(let words): say(words, thenEnd: .rejected, &instructions)
    case .mediating:
      // A message that is under way is brought to its end.
      isStopping = true
      mediate(at: now, &instructions)
    case .over: break
    default: end(.stopped, &instructions)
    }
  }

  // MARK: - What the phases share

  func clientSpoke(at now: Instant, _ instructions: inout [Instruction]) {
    switch phase {
    // An early talker waits for the greeting, and was looked at already.
    case .peeking where graceIsOver && findings.early == .yes: break
    case .peeking, .readingHello: peek(at: now, &instructions)
    case .listening: converse(at: now, &instructions)
    case .guarding(let peer): guardServer(peer, at: now, &instructions)
    case .encrypted(let peer): converseEncrypted(with: peer, at: now, &instructions)
    case .moving(let move) where move.isSwitchingToTLS && !inbox.isEmpty:
      // RFC 3207 §4: it has not been told to go ahead, so this was in clear, whoever put it there.
      say(.injected, thenEnd: .injection, &instructions)
    case .mediating: mediate(at: now, &instructions)
    case .tarpitting:
      _ = inbox.takeAll()
      if clientHasEnded { end(.rejected, &instructions) }
    case .awaitingHello, .moving, .securing, .over: break
    }
  }

  func enter(_ next: Phase, _ timeout: Duration, at now: Instant) {
    phase = next
    deadline = now + timeout
  }

  subscript(peer: Peer) -> Upstream? {
    get { peer == .greeter ? greeter : target }
    set { if peer == .greeter { greeter = newValue } else { target = newValue } }
  }
}

extension Session {
  /// The rules that it is asked by.
  public var rules: [Rule] { listener.rules.rules }
}

extension Instant {
  fileprivate static let never = Instant(nanoseconds: .max)
}

/// What only some sessions have, at the cost of a pointer for the others.
final class Box<Value> {
  var value: Value
  init(_ value: Value) { self.value = value }
}
