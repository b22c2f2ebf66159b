import Dialogues
import Routing
import Wire

@testable import Sessions

// A world around one session: a client, servers and a clock that do whatever a die says, within what the engine promises. What
// the session must never do traps here, with a word that names the law.

struct World {
  private let configuration: Configuration
  private let context: Context
  let session: Session
  private var now = Instant(nanoseconds: 0)
  private var dice: any RandomNumberGenerator
  private var open: [Peer: Server] = [:]
  private var isConnected: Set<Peer> = []
  /// What a server was sent last.
  private var lastHeard: [Peer: [UInt8]] = [:]
  private var isSecuring = false
  private var clientHasEnded = false
  private var hasSpoken = false
  /// Whether the client waits for the greeting, and begins with EHLO.
  private let isPatient: Bool
  /// The session has heard STARTTLS, and the client nothing since.
  private var waitsForTLS = false
  /// The server went while usher spoke for the client.
  private var hasLostServer = false
  private(set) var isOver = false
  private(set) var trace: [String] = []

  static let doors = [
    "wrapper", "wrapper greeter-capabilities", "wrapper xclient", "wrapper proxy-v1", "mirror", "mirror xclient", "two",
    "terminate", "terminate web", "submission", "implicit only", "implicit or vrfy", "web", "gate", "tarpit",
    "small limits", "first-bytes", "plain first", "tls xclient", "wrapper starttls-when-down hide",
  ]
  static let injected = Array("INJECTED".utf8)

  init(door: String, dice: any RandomNumberGenerator) {
    configuration = Doors.named(door)
    context = Context(configuration: configuration, hostname: "usher.example")
    self.dice = dice
    isPatient = Bool.random(using: &self.dice)
    let promise = Capabilities(Reply(code: 250, lines: ["a", "PIPELINING", "CHUNKING", "DSN"].map { Array($0.utf8) }))
    if Bool.random(using: &self.dice) { context.promises = context.promises.map { _ in promise } }
    let client = ["203.0.113.9:40000", "192.0.2.7:40000", "[2001:db8::9]:40000", "unix:@c"]
    session = Session(
      context: context, listener: 0, client: Endpoint(client.randomElement(using: &self.dice)!)!,
      local: Endpoint("192.0.2.25:25")!, accepted: now, grace: .milliseconds(300))
    happen("began") { $0.began(at: $1, &$2) }
  }

  /// Runs for at most that many events.
  mutating func run(events: Int) {
    for _ in 0..<events where !isOver { step() }
  }

  private mutating func step() {
    switch Int.random(in: 0..<100, using: &dice) {
    case 0..<45: clientSpeaks()
    case 45..<75: serverSpeaks()
    case 75..<83:
      if let peer = open.keys.filter({ !isConnected.contains($0) }).randomElement(using: &dice) { connect(peer) }
    case 83..<90: pass()
    case 90..<93: secure()
    case 93..<97: breakSomething()
    case 97..<99: clientEnds()
    default: if Int.random(in: 0..<5, using: &dice) == 0 { happen("stopped") { $0.stopped(at: $1, &$2) } }
    }
  }

  // MARK: - The client

  private static let lines = [
    "EHLO client.example\r\n", "HELO client.example\r\n", "LHLO mx.partner.example\r\n", "EHLO\r\n", "NOOP\r\n",
    "RSET\r\n", "MAIL FROM:<a@b.example> SIZE=10\r\n", "MAIL FROM:<postmaster@x>\r\n", "RCPT TO:<c@d>\r\n", "DATA\r\n",
    "AUTH PLAIN AGEAYgBj\r\n", "VRFY a\r\n", "QUIT\r\n", "\r\n", "EHLO a\u{0}b\r\n", "GET / HTTP/1.1\r\n\r\n",
    "MAIL FROM:<> RET=HDRS\r\nRCPT TO:<c@d>\r\n", "BDAT 6 LAST\r\n", "QUIT\r\n", "BDAT 9223372036854775807\r\n",
    "\r\n.\r\n", "\n.\n",
    "SSH-2.0-x\r\n", "EH", "LO x", "\n", "\u{16}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  ]

  private mutating func clientSpeaks() {
    guard !clientHasEnded, session.listensTo.contains(.client), !(isPatient && session.isInGrace) else { return }
    var bytes: [UInt8]
    if isPatient, !hasSpoken {
      bytes = Array("EHLO client.example\r\n".utf8)
    } else if waitsForTLS {
      bytes = World.injected + [13, 10]
    } else {
      switch Int.random(in: 0..<12, using: &dice) {
      case 0: bytes = Array("STARTTLS\r\n".utf8)
      case 1 where isClientsTurn:
        bytes = Array("STARTTLS\r\n".utf8) + World.injected + [13, 10]
        waitsForTLS = true
      case 2 where !hasSpoken: bytes = Hellos.bytes("www.example")
      case 3: bytes = (0..<Int.random(in: 1...30, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
      default: bytes = Array(World.lines.randomElement(using: &dice)!.utf8)
      }
    }
    if !waitsForTLS, Int.random(in: 0..<6, using: &dice) == 0 {
      bytes = Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &dice)))
    }
    hasSpoken = true
    bytes = Array(bytes.prefix(session.room))
    happen("client \(escaped(bytes))") { $0.received(bytes.span, from: .client, at: $1, &$2) }
  }

  /// Whether the next line that the client sends is the next that the session hears.
  private var isClientsTurn: Bool {
    if case .listening = session.phase { session.inbox.isEmpty } else { false }
  }

  private mutating func clientEnds() {
    guard !clientHasEnded, session.listensTo.contains(.client) else { return }
    clientHasEnded = true
    happen("ended client") { $0.ended(.client, at: $1, &$2) }
  }

  // MARK: - The servers

  private static let replies = [
    "220 a ESMTP\r\n", "220-teaser\r\n", "250-a\r\n250-STARTTLS\r\n250 XCLIENT NAME ADDR\r\n",
    "250-a\r\n250 STARTTLS\r\n",
    "250 a\r\n", "250-a\r\n250-PIPELINING\r\n250 SIZE 10\r\n", "220 Go ahead\r\n", "421 4.3.2 a\r\n", "554 no\r\n",
    "354 go\r\n", "334 \r\n", "250-a\r\n250 CHUNKING\r\n", "250 a\r\n250 a\r\n", "550 no\r\n", "hello\r\n", "2", "\r\n",
    "220 Go ahead\r\n250 more\r\n",
  ]

  private mutating func serverSpeaks() {
    guard let peer = isConnected.randomElement(using: &dice), session.listensTo.contains(Peers(peer)) else { return }
    let isApt = Bool.random(using: &dice)
    let bytes = Array((isApt ? aptReply(of: peer) : World.replies.randomElement(using: &dice)!).utf8)
    happen("\(peer) \(escaped(bytes))") { $0.received(bytes.span, from: peer, at: $1, &$2) }
  }

  /// What a real server would say, so that the die comes further than the first reply.
  private func aptReply(of peer: Peer) -> String {
    guard let heard = lastHeard[peer] else { return "220 a ESMTP\r\n" }
    if heard.starts(with: Array("DATA".utf8)) { return "354 go\r\n" }
    return heard.starts(with: Array("STARTTLS".utf8)) ? "220 go\r\n" : "250 a\r\n"
  }

  private mutating func connect(_ peer: Peer) {
    if Int.random(in: 0..<8, using: &dice) == 0 {
      open[peer] = nil
      return happen("unreachable \(peer)") { $0.failed(peer, .unreachable("refused"), at: $1, &$2) }
    }
    isConnected.insert(peer)
    happen("connected \(peer)") { $0.connected(peer, at: $1, &$2) }
  }

  private mutating func breakSomething() {
    switch Int.random(in: 0..<4, using: &dice) {
    case 0: happen("failed client") { $0.failed(.client, .broken("reset"), at: $1, &$2) }
    case 1 where isSecuring: happen("insecure") { $0.failed(.client, .insecure("alert"), at: $1, &$2) }
    case 2:
      guard let peer = isConnected.randomElement(using: &dice), session.listensTo.contains(Peers(peer)) else { return }
      lose(peer)
      happen("ended \(peer)") { $0.ended(peer, at: $1, &$2) }
    default:
      guard let peer = isConnected.randomElement(using: &dice) else { return }
      open[peer] = nil
      isConnected.remove(peer)
      lose(peer)
      happen("failed \(peer)") { $0.failed(peer, .broken("reset"), at: $1, &$2) }
    }
  }

  private mutating func lose(_ peer: Peer) {
    if case .mediating(peer, _) = session.phase { hasLostServer = true }
  }

  private mutating func secure() {
    guard isSecuring else { return }
    isSecuring = false
    waitsForTLS = false
    happen("secured") { $0.secured(at: $1, &$2) }
  }

  // MARK: - Time

  private mutating func pass() {
    guard let deadline = session.deadline else { return }
    if Bool.random(using: &dice) {
      now = now + .milliseconds(Int.random(in: 0...200, using: &dice))
      guard deadline <= now else { return }
    }
    now = max(now, deadline)
    happen("woke") { $0.woke(at: $1, &$2) }
    law(isOver || session.deadline.map { $0 > now } ?? false, "a deadline is in the future")
  }

  // MARK: - The laws

  private mutating func happen(_ what: String, _ event: (Session, Instant, inout [Instruction]) -> Void) {
    trace.append("-> \(what)")
    var instructions: [Instruction] = []
    event(session, now, &instructions)
    for instruction in instructions { obey(instruction) }
    if case .moving(let move) = session.phase, move.isSwitchingToTLS { waitsForTLS = true }
    guard !isOver else { return }
    law(session.deadline != nil, "who waits has a deadline")
    let limits = configuration.settings.limits
    let mayBeHello = session.inbox.first.map { $0 == 0x16 || $0 >= 0x80 } ?? false
    let whole = mayBeHello ? 2 * limits.hello + 5 + (1 << 14) : limits.commandLine + 2
    law(session.inbox.count <= max(limits.pipelined, whole), "what is pipelined is bounded")
  }

  private mutating func obey(_ instruction: Instruction) {
    trace.append("<- \(instruction)")
    law(!isOver, "relay and finish come last")
    switch instruction {
    case .dial(let peer, let dial):
      law(open[peer] == nil && peer != .client, "an end is dialled once")
      open[peer] = configuration[dial.server]
      lastHeard[peer] = nil
      isConnected.remove(peer)
    case .send(.client, let bytes):
      waitsForTLS = false
      law(
        !hasLostServer || bytes.first != UInt8(ascii: "2") || bytes.starts(with: Array("221".utf8)),
        "whose server is gone has no success")
    case .send(let peer, let bytes):
      law(open[peer] != nil, "only an open end is sent to")
      obey(bytes, to: open[peer]!)
      lastHeard[peer] = bytes
    case .hangUp(let peer):
      open[peer] = nil
      isConnected.remove(peer)
    case .secureClient(let read):
      isSecuring = true
      law(read.first.map { $0 == 0x16 || $0 >= 0x80 } ?? true, "only a hello goes into usher's own TLS")
    case .relay(let peer):
      law(isConnected.contains(peer), "only a connected end is relayed with")
      law(
        session.summary.server.map { configuration[$0].name } == open[peer]?.name, "the rule's server is relayed with")
      over()
    case .finish: over()
    case .learned: break
    }
  }

  private func obey(_ bytes: [UInt8], to server: Server) {
    law(!waitsForTLS || !contains(bytes, World.injected), "no byte crosses a TLS switch")
    law(
      !contains(bytes, Array(Hellos.bytes("www.example").prefix(11))) || server.tls.contains(.implicit),
      "a hello never reaches a server that does not take it")
  }

  private mutating func over() {
    isOver = true
    law(session.listensTo.isEmpty && session.deadline == nil, "who is over waits for nothing")
    law(session.summary.ending != nil, "it is known how it ended")
  }

  private func law(_ holds: Bool, _ name: String) {
    if !holds { fatalError("\(name)\n" + trace.joined(separator: "\n")) }
  }

  private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    bytes.count >= part.count && (0...(bytes.count - part.count)).contains { bytes[$0...].starts(with: part) }
  }
}
