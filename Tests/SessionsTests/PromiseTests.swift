import Dialogues
import Routing
import Testing
import Wire

@testable import Sessions

/// For random promises of the servers and random legal clients: no server ever gets a command that it did not promise, or gets
/// them faster than it promised to take; and no client hears a permanent refusal of what it was promised.
@Suite struct PromiseTests {
  @Test(arguments: ["wrapper", "mirror", "two"]) func everyPromiseIsKept(door: String) {
    for seed in 0..<400 {
      var exchange = Exchange(door: door, serversChange: false, dice: Dice(state: UInt64(seed)))
      exchange.run()
      #expect(exchange.refusals.isEmpty, "\(seed) \(exchange.refusals)\n\(exchange.trace.joined(separator: "\n"))")
      #expect(exchange.delivered == exchange.messages, "\(seed)\n\(exchange.trace.joined(separator: "\n"))")
    }
  }

  @Test(arguments: ["wrapper", "mirror", "two"]) func aServerThatChangesCostsTriesButNoMail(door: String) {
    var refusals = 0
    for seed in 0..<400 {
      var exchange = Exchange(door: door, serversChange: true, dice: Dice(state: UInt64(seed)))
      exchange.run()
      refusals += exchange.refusals.count
      #expect(
        exchange.refusals.allSatisfy { $0.starts(with: Array("4".utf8)) },
        "\(seed) \(exchange.refusals)\n\(exchange.trace.joined(separator: "\n"))")
    }
    if door == "wrapper" { #expect(refusals > 0) }
  }

  @Test func aGreetersOwnReplyIsNotTrustedForOthers() {
    for seed in 0..<400 {
      var exchange = Exchange(
        door: "wrapper greeter-capabilities", serversChange: true, dice: Dice(state: UInt64(seed)))
      exchange.run()
    }
  }
}

/// One legal client, and servers that are strict about what they did not promise.
private struct Exchange {
  private let context: Context
  private let session: Session
  private var dice: Dice
  private let truth: [Capabilities]
  private var servers: [Peer: StrictServer] = [:]
  private var relayed: Peer?
  private var isOver = false
  private var now = Instant(nanoseconds: 0)
  private var heard = ReplyReader(longestLine: 512, mostLines: 50)
  private var promise = Capabilities([])
  /// How many messages the client has tried to send, how many were taken, and what it heard instead of a yes.
  private(set) var messages = 0
  private(set) var delivered = 0
  private(set) var refusals: [[UInt8]] = []
  private(set) var trace: [String] = []

  init(door: String, serversChange: Bool, dice: Dice) {
    var dice = dice
    let context = Context(configuration: Doors.named(door), hostname: "usher.example")
    truth = context.configuration.servers.map { _ in Capabilities.random(&dice) }
    for index in truth.indices {
      context.promises[index] = serversChange ? Capabilities.random(&dice) : truth[index]
    }
    self.context = context
    self.dice = dice
    session = Session(
      context: context, listener: 0, client: Endpoint("203.0.113.9:40000")!, local: Endpoint("192.0.2.25:25")!,
      accepted: now, grace: .milliseconds(300))
  }

  /// A visit of the client: EHLO, up to two messages, QUIT.
  mutating func run() {
    happen { $0.began(at: $1, &$2) }
    now = now + .milliseconds(300)
    happen { $0.woke(at: $1, &$2) }
    guard hear() != nil, let reply = converse("EHLO client.example\r\n") else { return }
    promise = Capabilities(reply)
    for _ in 0..<Int.random(in: 1...2, using: &dice) where !isOver || relayed != nil { sendMessage() }
    _ = converse("QUIT\r\n")
  }

  // MARK: - The client

  private mutating func sendMessage() {
    messages += 1
    let mail = "MAIL FROM:<a@sender.example>\(mailParameters)\r\n"
    let recipient = "RCPT TO:<b@rcpt.example>\(recipientParameters)\r\n"
    let content = promise.promises("CHUNKING") ? "BDAT 10 LAST\r\nSubject: x" : "DATA\r\n"
    if promise.promises("PIPELINING"), Bool.random(using: &dice) {
      say(mail + recipient + content)
      guard positive(hear()), positive(hear()) else { return drain() }
    } else {
      guard positive(converse(mail)), positive(converse(recipient)) else { return reset() }
      say(content)
    }
    finish(content)
  }

  private mutating func finish(_ content: String) {
    guard content == "DATA\r\n" else { return count(hear()) }
    guard let go = hear(), go.code == 354 else { return refusals.append(Array("5 no 354".utf8)) }
    say("Subject: x\r\n\r\nQUIT\r\n.\r\n")
    count(hear())
  }

  private mutating func count(_ reply: Reply?) { if positive(reply) { delivered += 1 } }

  private mutating func reset() { _ = converse("RSET\r\n") }

  /// A pipelined group was refused: hear all of its replies, and end what a 354 began.
  private mutating func drain() {
    while let reply = hear() {
      if reply.code == 354 { say(".\r\n") }
    }
    reset()
  }

  private mutating func positive(_ reply: Reply?) -> Bool {
    guard let reply else { return false }
    // 503 follows from a refusal that was counted.
    if !reply.isPositive, reply.code != 503 { refusals.append(reply.bytes) }
    return reply.isPositive
  }

  private var mailParameters: String {
    mutating get {
      parameters([
        "SIZE": "SIZE=10", "8BITMIME": "BODY=8BITMIME", "SMTPUTF8": "SMTPUTF8", "DSN": "RET=HDRS",
        "DELIVERBY": "BY=99;R", "FUTURERELEASE": "HOLDFOR=9", "MT-PRIORITY": "MT-PRIORITY=3",
      ])
    }
  }

  private var recipientParameters: String { mutating get { parameters(["DSN": "NOTIFY=NEVER"]) } }

  /// Some of what it may use.
  private mutating func parameters(_ uses: [String: String]) -> String {
    uses.sorted { $0.key < $1.key }.filter { promise.promises($0.key) && Bool.random(using: &dice) }
      .map { " " + $0.value }.joined()
  }

  private mutating func converse(_ text: String) -> Reply? {
    say(text)
    return hear()
  }

  private mutating func say(_ text: String) {
    trace.append("C: \(text)")
    if let relayed { return tell(relayed, Array(text.utf8)) }
    happen { $0.received(Array(text.utf8).span, from: .client, at: $1, &$2) }
  }

  private mutating func hear() -> Reply? {
    guard case .reply(let reply) = heard.next() else { return nil }
    trace.append("S: \(String(decoding: reply.bytes, as: UTF8.self))")
    return reply
  }

  // MARK: - Between them

  private mutating func happen(_ event: (Session, Instant, inout [Instruction]) -> Void) {
    guard !isOver else { return }
    var instructions: [Instruction] = []
    event(session, now, &instructions)
    for instruction in instructions { perform(instruction) }
    for (peer, server) in servers where !server.said.isEmpty { deliver(from: peer) }
  }

  private mutating func perform(_ instruction: Instruction) {
    switch instruction {
    case .dial(let peer, let dial):
      let isTLSEnd = context.configuration[dial.server].name == "stunnel"
      servers[peer] = StrictServer(isTLSEnd ? Capabilities([]) : truth[dial.server.index], isTLSEnd: isTLSEnd)
      happen { $0.connected(peer, at: $1, &$2) }
    case .send(.client, let bytes): heard.append(bytes.span)
    case .send(let peer, let bytes): tell(peer, bytes)
    case .hangUp(let peer): servers[peer] = nil
    case .relay(let peer):
      isOver = true
      relayed = peer
      deliver(from: peer)
    case .finish: isOver = true
    case .learned(let server, let capabilities): context.promises[server.index] = capabilities
    case .secureClient: break
    }
  }

  private mutating func tell(_ peer: Peer, _ bytes: [UInt8]) {
    servers[peer]?.received(bytes)
    if relayed == peer { deliver(from: peer) }
  }

  /// What a server has said arrives after all that was done at once.
  private mutating func deliver(from peer: Peer) {
    guard let said = servers[peer]?.said, !said.isEmpty else { return }
    servers[peer]?.said = []
    servers[peer]?.isAnswered = true
    if relayed == peer { return heard.append(said.span) }
    happen { $0.received(said.span, from: peer, at: $1, &$2) }
  }
}

/// A mail server that insists on its own words.
private struct StrictServer {
  private enum State { case command, content, chunk(Int) }
  private let offered: Capabilities
  private let isTLSEnd: Bool
  private var state = State.command
  private var inbox = LineBuffer(longestLine: 2048)
  var said: [UInt8]
  /// Whether what it said last has been heard.
  var isAnswered = false

  init(_ offered: Capabilities, isTLSEnd: Bool) {
    self.offered = offered
    self.isTLSEnd = isTLSEnd
    said = Array("220 server ESMTP\r\n".utf8)
  }

  mutating func received(_ bytes: [UInt8]) {
    inbox.append(bytes.span)
    var commands = 0
    while true {
      if case .chunk(let left) = state {
        guard let chunk = inbox.take(left) else { return }
        state = chunk.count == left ? .command : .chunk(left - chunk.count)
        if chunk.count == left { say("250 2.0.0 Ok") }
        continue
      }
      guard case .line(let line) = inbox.next() else { return }
      if case .content = state {
        if line == [46] {
          state = .command
          say("250 2.0.0 Ok")
        }
        continue
      }
      commands += 1
      precondition(
        commands == 1 || offered.promises("PIPELINING") || isTLSEnd,
        "a server without PIPELINING got \(commands) at once")
      precondition(isAnswered, "a server got a command before its last reply was heard")
      obey(Command(line))
    }
  }

  private mutating func obey(_ command: Command) {
    let missing = offered.missing(for: command)
    precondition(missing == nil, "a server got \(command.verb), which needs \(missing!)")
    switch command.verb {
    case "EHLO": say(Reply(helloFrom: Array("server".utf8), isTLSEnd ? startTLS : offered).bytes)
    case "DATA":
      state = .content
      say("354 Go on")
    case "BDAT": state = .chunk(10)
    case "QUIT": say("221 2.0.0 Bye")
    default:
      precondition(!isTLSEnd, "stunnel takes nothing but EHLO, STARTTLS and QUIT")
      say("250 2.0.0 Ok")
    }
  }

  private var startTLS: Capabilities { Capabilities([.init(keyword: "STARTTLS", parameters: [])]) }

  private mutating func say(_ text: String) { say(Array((text + "\r\n").utf8)) }
  private mutating func say(_ bytes: [UInt8]) {
    said += bytes
    if !offered.promises("PIPELINING") { isAnswered = false }
  }
}

extension Capabilities {
  /// What an ordinary server could promise.
  fileprivate static func random(_ dice: inout Dice) -> Capabilities {
    let lines = [
      "PIPELINING", "SIZE 1000", "SIZE", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING", "DELIVERBY 60",
      "ENHANCEDSTATUSCODES",
      "FUTURERELEASE 86400 2027-01-01T00:00:00Z", "MT-PRIORITY MIXER", "BINARYMIME", "AUTH PLAIN", "PIPECONNECT",
    ]
    let some = lines.filter { _ in Bool.random(using: &dice) }
    return Capabilities(Reply(code: 250, lines: ["server"].map { Array($0.utf8) } + some.map { Array($0.utf8) }))
  }
}
