import Foundation
import Testing

/// Servers break while 200 clients a second come: whoever heard 250 to its content finds its message in a store, once and as it
/// was, and nobody is left without a word, whatever the servers do meanwhile.
@Suite(.inTurn, .serialized)
struct LedgerTests {
  /// Killed, not there, closing at once, greeting with 421; alone, or with one beside it that is well.
  @Test(arguments: ["alone", "in-order", "least-connections"])
  func aServerFlaps(balance: String) async throws {
    let stage = try await Stage()
    let first = try await stage.start(.aiosmtpd)
    let steady = balance == "alone" ? [] : [try await stage.start(.aiosmtpd)]
    let usher = try await stage.startUsher(before: ([first] + steady).map(\.address), balance: balance)
    async let lives = flaps(first, on: stage, times: 2)
    let ledger = try await Ledger(
      of: 600, at: [usher.port], on: stage, ways: [.plain], styles: ["data", "pipelining", "data", "slow"])
    try await ledger.isBalanced(with: try await lives.map(\.store) + steady.map(\.store), usher)
    // All of it happened, or the test has shown nothing.
    #expect(ledger.count(.accepted) > 100, "\(ledger.tally)")
    guard steady.isEmpty else { return #expect(ledger.count(.accepted) > ledger.count(.refused)) }
    #expect(ledger.count(.broken) > 0, "\(ledger.tally)")
    #expect(ledger.count(.refused) { $0.reply?.hasPrefix("421 4.3.2 ") == true } > 0)
  }

  /// - Returns: its lives.
  private func flaps(_ first: RunningMailServer, on stage: Stage, times: Int) async throws -> [RunningMailServer] {
    var lives = [first]
    while lives.count <= times {
      try await Task.sleep(for: .milliseconds(600))
      lives.last?.child.kill()
      for greeting in [HandMadeServer.Answer.leave, .say("421 4.3.2 hand.made busy")] {
        try await Task.sleep(for: .milliseconds(100))
        let other = try HandMadeServer(port: first.port) { $0 == "" ? greeting : .leave }
        try await Task.sleep(for: .milliseconds(100))
        other.end()
      }
      lives.append(try await stage.start(first.kind, port: first.port))
    }
    return lives
  }

  /// Told to read its configuration, stopped, and killed with all that it does; each time it comes back.
  @Test(.withMailServers, arguments: [(MailServer.postfix, "master"), (.exim, "exim4")])
  func aServerRestarts(kind: MailServer, daemon: String) async throws {
    let stage = try await Stage()
    // As many as come: the default of Postfix makes them wait, the one of Exim lets the kernel drop them.
    let extra = kind.name == "exim" ? "smtp_connect_backlog = 512" : "in_flow_delay = 0"
    let server = try await stage.start(kind.restarting, extra: extra)
    let usher = try await stage.startUsher(before: [server.address])
    async let restarts: Void = restarts(server, daemon)
    let ledger = try await Ledger(
      of: 600, at: [usher.port], on: stage, ways: [.plain], styles: ["data", "pipelining", "bdat", "data", "slow"])
    try await restarts
    try await ledger.isBalanced(with: [server.store], usher)
    #expect(ledger.count(.accepted) > 100, "\(ledger.tally)")
    #expect(ledger.count(.accepted) < 600, "\(ledger.tally)")
  }

  private func restarts(_ server: RunningMailServer, _ name: String) async throws {
    for end in [{ $0.signal(SIGHUP) }, { $0.signal(SIGTERM) }, { $0.die() }] as [(Daemon) -> Void] {
      try await Task.sleep(for: .milliseconds(600))
      end(try await server.child.daemon(named: name))
    }
  }

  /// The disk with the queue fills up while messages are on their way, and is emptied, again and again.
  @Test(.withMailServers) func aDiskIsFull() async throws {
    let stage = try await Stage()
    let server = try await stage.start(
      .postfix.with("/var/spool/postfix", ofBytes: 16 << 20), extra: "in_flow_delay = 0\nmessage_size_limit = 200000")
    let usher = try await stage.startUsher(before: [server.address])
    let queue = try await server.child.daemon(named: "master").file("/var/spool/postfix")
    async let fullness: Void = fillsAndEmpties(queue)
    let ledger = try await Ledger(
      of: 1000, at: [usher.port], on: stage, ways: [.plain], styles: ["data", "pipelining", "bdat", "data", "slow"],
      lines: 400)
    try await fullness
    try await ledger.isBalanced(with: [server.store], usher)
    // RFC 5321 §4.2.3: before the content; and what can be said behind it.
    #expect(ledger.count(.refused) { $0.reply == "452 4.3.1 Insufficient system storage" } > 0, "\(ledger.tally)")
    #expect(ledger.count(.refused) { $0.step == "end" } > 0, "\(ledger.tally)")
    #expect(ledger.count(.broken) == 0, "\(ledger.tally)")
    #expect(ledger.fates.last { $0.end == .refused }?.token != ledger.fates.last?.token, "it was emptied")
  }

  /// Three times: longer than a slow client waits in its content, so that those who were let in meet the end of the disk.
  private func fillsAndEmpties(_ disk: URL) async throws {
    let ballast = disk.appending(path: "ballast")
    for _ in 1...3 {
      try await Task.sleep(for: .milliseconds(600))
      try await fills(ballast, for: .milliseconds(700))
      try FileManager.default.removeItem(at: ballast)
    }
  }

  private func fills(_ ballast: URL, for time: Duration) async throws {
    let file = open(ballast.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(file) }
    let block = [UInt8](repeating: 0, count: 4096)
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end {
      // What is delivered meanwhile makes room.
      while write(file, block, block.count) > 0 {}
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Killed, started anew, hung and refused by clients: plaintext mail does not notice, and who wants TLS hears what there is.
  @Test func stunnelBreaks() async throws {
    let stage = try await Stage()
    let (behind, beside) = (try await stage.start(.aiosmtpd), try await stage.start(.aiosmtpd))
    let stunnel = try await stage.startStunnel(before: behind.address)
    let (tempfail, hide) = (Port.free(), Port.free())
    let usher = try await stage.startUsher(
      Rules.stunnel(tempfail: tempfail, hide: hide, stunnel.address, beside.address), ports: [tempfail, hide])
    async let breaks = breaks(stunnel, before: behind.address, on: stage)
    let ledger = try await Ledger(
      of: 700, at: [tempfail, hide], on: stage,
      ways: [.plain, .starttls, .plain, .implicit, .starttls, .distrusting, .plain],
      styles: ["data", "pipelining", "data", "slow"])
    _ = try await breaks
    try await ledger.isBalanced(with: [behind.store, beside.store], usher)
    for fate in ledger.fates {
      switch (fate.way, fate.end) {
      case (.plain, let end): #expect(end == .accepted, "\(fate)")
      case (.starttls, .refused):
        #expect(fate.step == "starttls")
        #expect(
          fate.reply?.hasPrefix("454 4.7.0 ") == true || fate.port == hide && fate.reply == "not offered", "\(fate)")
      case (.implicit, .refused), (.distrusting, .refused), (.distrusting, .accepted): Issue.record("\(fate)")
      default: break
      }
    }
    #expect(ledger.count(.accepted) { $0.way == .starttls } > 0, "\(ledger.tally)")
    #expect(ledger.count(.accepted) { $0.way == .implicit } > 0, "\(ledger.tally)")
    #expect(ledger.count(.refused) { $0.reply == "not offered" } > 0, "\(ledger.tally)")
    #expect(ledger.count(.refused) { $0.reply != "not offered" } > 0, "\(ledger.tally)")
    #expect(ledger.count(.broken) { $0.way == .implicit && $0.heardAlert } > 0, "\(ledger.tally)")
    #expect(ledger.count(.distrusted) > 0, "\(ledger.tally)")
    for words in [
      "listener hide does not offer STARTTLS while server stunnel is down", "listener hide offers STARTTLS again",
    ] { #expect(usher.child.output.contains(words)) }
  }

  private func breaks(_ first: RunningStunnel, before server: String, on stage: Stage) async throws -> RunningStunnel {
    try await Task.sleep(for: .milliseconds(700))
    first.child.kill()
    try await Task.sleep(for: .milliseconds(600))
    let second = try await stage.startStunnel(before: server, port: first.port)
    try await Task.sleep(for: .milliseconds(500))
    second.child.signal(SIGSTOP)
    try await Task.sleep(for: .milliseconds(900))
    second.child.signal(SIGCONT)
    return second
  }
}
