import Foundation
import Testing

/// What usher knows of servers that are down: told once, kept over a reload, and forgotten when they are back.
@Suite(.withMailServers, .inTurn)
struct HealthTests {
  /// Nobody notices that one address has gone: the other serves until it is back, and then it is used again.
  @Test func theNextAddressServesUntilTheFirstIsBack() async throws {
    let stage = try await Stage()
    let (first, second) = (try await stage.start(.aiosmtpd), try await stage.start(.aiosmtpd))
    let usher = try await stage.startUsher(before: [first, second].map(\.address), balance: "in-order")
    try await deliver(through: usher, to: first)
    first.child.kill()
    try await until("it is known to be down", or: { usher.child.output }) {
      try await deliver(through: usher, to: second)
      return usher.says("server mta does without \(first.address): Connection refused")
    }
    try await state(of: usher, shows: "server mta does without \(first.address)")

    let back = try await stage.start(.aiosmtpd, port: first.port)
    try await until("it is tried again", or: { usher.child.output }) {
      let token = try await deliver(through: usher)
      return back.store.messages.contains { $0.text.contains(token) }
    }
    try await deliver(through: usher, to: back)
    try await state(of: usher, shows: nil)
    #expect(usher.child.output.ranges(of: "Connection refused").count == 1, "\(usher.child.output)")
    #expect(usher.child.output.ranges(of: "server mta has \(first.address) again").count == 1)
    #expect(!usher.says("server mta is down"))
  }

  /// With no other address each client is a try: who comes when the server is back is served at once, however long it was away.
  @Test func aServerThatIsBackServesTheNextClient() async throws {
    let stage = try await Stage()
    let server = try await stage.start(.aiosmtpd)
    let usher = try await stage.startUsher(before: [server.address])
    server.child.kill()
    try await until("it is known to be down", or: { usher.child.output }) {
      let client = try RawClient(port: usher.port)
      #expect(try await client.reply().hasPrefix("220 "))
      #expect(try await client.say("EHLO client.example").hasPrefix("250"))
      #expect(try await client.say("MAIL FROM:<a@sender.example>").hasPrefix("421 4.3.2 "))
      return usher.says("server mta is down: \(server.address): Connection refused")
    }
    try await state(of: usher, shows: "server mta is down: \(server.address)")
    let back = try await stage.start(.aiosmtpd, port: server.port)
    try await deliver(through: usher, to: back)
    try await told(usher, "server mta is up again: \(server.address) answers")
    #expect(usher.child.output.ranges(of: "Connection refused").count == 1, "\(usher.child.output)")
  }

  /// The kernel takes connections for a program that hangs: only a check that waits for the greeting finds that.
  @Test func aServerThatHangsIsLeftAloneUntilItGreets() async throws {
    let stage = try await Stage()
    let (first, second) = (try await stage.start(.aiosmtpd), try await stage.start(.aiosmtpd))
    let usher = try await stage.startUsher(
      before: [first, second].map(\.address), balance: "in-order",
      health: "{ check: greeting, every: 200ms, timeout: 3s, down-after: 2, up-after: 2 }")
    try await deliver(through: usher, to: first)
    first.child.signal(SIGSTOP)
    try await told(usher, "server mta does without \(first.address): it does not greet in time")
    try await deliver(through: usher, to: second)
    first.child.signal(SIGCONT)
    try await told(usher, "server mta has \(first.address) again")
    try await deliver(through: usher, to: first)
  }

  @Test func aReloadKeepsWhoIsDown() async throws {
    let stage = try await Stage()
    let beside = try HandMadeServer(answer: Scene.politely)
    let (tempfail, hide, port) = (Port.free(), Port.free(), Port.free())
    let usher = try await stage.startUsher(
      Rules.stunnel(tempfail: tempfail, hide: hide, "127.0.0.1:\(port)", beside.address), ports: [tempfail, hide])
    try await told(usher, "listener hide does not offer STARTTLS while server stunnel is down")
    try await isHidden(at: hide, true)
    #expect(try await promises(at: tempfail).contains("STARTTLS"))

    let rules = try String(contentsOf: usher.rules, encoding: .utf8)
    try Data(rules.replacing("grace: 500ms", with: "grace: 100ms").utf8).write(to: usher.rules)
    usher.child.signal(SIGHUP)
    try await told(usher, "are in force for new connections")
    #expect(try await !promises(at: hide).contains("STARTTLS"))

    let server = try HandMadeServer(port: port, answer: Scene.likeStunnel)
    try await told(usher, "listener hide offers STARTTLS again")
    try await isHidden(at: hide, false)
    // It was known: nobody found it down a second time.
    #expect(usher.child.output.ranges(of: "server stunnel is down: 127.").count == 1, "\(usher.child.output)")
    #expect(usher.child.output.ranges(of: "server stunnel is up again: ").count == 1, "\(usher.child.output)")
    server.end()
  }

  /// A server that can be connected to and is none: only a check that speaks with it finds that.
  @Test(arguments: [
    ("it greeted with 421", "421 4.3.2 busy", "250 fine"), ("EHLO was answered with 550", "220 hand.made", "550 no"),
    ("it does not greet in time", nil, "250 fine"),
  ])
  func aCheckSpeaksWithTheServer(reason: String, greeting: String?, answer: String) async throws {
    let stage = try await Stage()
    let server = try HandMadeServer { $0 == "" ? greeting.map { .say($0) } ?? .hang : .say(answer) }
    let beside = try HandMadeServer(answer: Scene.politely)
    let (tempfail, hide) = (Port.free(), Port.free())
    let usher = try await stage.startUsher(
      Rules.stunnel(tempfail: tempfail, hide: hide, server.address, beside.address), ports: [tempfail, hide])
    try await told(usher, "server stunnel is down: \(server.address): \(reason)")
  }

  private func told(_ usher: RunningUsher, _ words: String) async throws {
    try await until("usher says \(words)", or: { usher.child.output }) { usher.says(words) }
  }

  /// Asks it how it is.
  /// - Parameter sentence: the whole of what it says of servers; nil for nothing.
  private func state(of usher: RunningUsher, shows sentence: String?) async throws {
    let before = usher.child.output.count
    usher.child.signal(SIGUSR1)
    let state = try await first("it tells its state") {
      usher.child.output.dropFirst(before).split(separator: "\n").first { $0.contains("running for") }
    }
    #expect(state.split(separator: ";").dropFirst().first == sentence.map { " \($0)\"}" }, "\(state)")
  }

  /// A message goes to that server, which keeps it before it says so.
  private func deliver(through usher: RunningUsher, to server: RunningMailServer) async throws {
    let token = try await deliver(through: usher)
    #expect(server.store.messages.contains { $0.text.contains(token) }, "\(usher.child.output)")
  }

  /// - Returns: what is in the message, and in no other.
  private func deliver(through usher: RunningUsher) async throws -> String {
    let client = try RawClient(port: usher.port)
    let token = UUID().uuidString
    #expect(try await client.reply().hasPrefix("220 "))
    for (line, code) in [
      ("EHLO client.example", "250"), ("MAIL FROM:<a@sender.example>", "250"), ("RCPT TO:<u@rcpt.test>", "250"),
      ("DATA", "354"), ("Subject: \(token)\r\n\r\nHello.\r\n.", "250"), ("QUIT", "221"),
    ] { #expect(try await client.say(line).hasPrefix(code), "\(line)") }
    return token
  }

  private func isHidden(at port: Int, _ isHidden: Bool) async throws {
    try await until("STARTTLS is \(isHidden ? "hidden" : "offered")") {
      try await promises(at: port).contains("STARTTLS") != isHidden
    }
  }

  private func promises(at port: Int) async throws -> String {
    let client = try RawClient(port: port)
    #expect(try await client.reply().hasPrefix("220 "))
    return try await client.say("EHLO client.example")
  }
}
