import Routing
import Testing
import Wire

@testable import Engine

/// Servers that go and come back: who pays for it, what is told, and when all is well again.
@Suite struct HealthTests {
  private func hello(_ fixture: Fixture, to server: Socket) throws {
    let client = try fixture.client()
    try client.send("hello")
    let accepted = try server.accept()
    #expect(try accepted.text(exactly: 5) == "hello")
    client.close()
    #expect(try accepted.receive().isEmpty)
  }

  private func refused(_ fixture: Fixture) throws { #expect(try fixture.client().allText() == "") }

  /// The warnings and notes of servers that an engine has told so far.
  private func told(_ fixture: Fixture) -> [String] {
    fixture.ledger.notices.map { "\($0.level): \($0.message)" }
  }

  @Test func isToldOnceWhenAServerGoesAndOnceWhenItComesBack() throws {
    let endpoint = try Socket().endpoint
    let fixture = try Fixture(.relay(to: [endpoint]))
    for _ in 0..<6 { try refused(fixture) }
    let server = try Socket(at: endpoint)
    for _ in 0..<3 { try hello(fixture, to: server) }
    _ = try fixture.ledger.reports(9)
    #expect(
      told(fixture) == [
        "warning: server server is down: \(endpoint): Connection refused",
        "info: server server is up again: \(endpoint) answers",
      ])
  }

  @Test func aServerIsDownWhenAllItsAddressesAre() throws {
    let gone = try Socket().endpoint
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [gone, server.endpoint]))
    for _ in 0..<6 { try hello(fixture, to: server) }
    _ = try fixture.ledger.reports(6)
    // That the first address failed, and was left alone, makes nothing down.
    #expect(told(fixture).isEmpty)
  }

  /// Only the first client waits for an address that does not answer.
  @Test func anAddressThatFailedIsTriedLast() throws {
    let full = try Socket(backlog: 0)
    let waiting = try Plug(to: full.endpoint)
    let server = try Socket()
    var configuration = Configuration.relay(to: [full.endpoint, server.endpoint])
    configuration.settings.timeouts.connect = .milliseconds(300)
    let fixture = try Fixture(configuration)
    for _ in 0..<3 { try hello(fixture, to: server) }
    // They may be reported in another order.
    #expect(try fixture.ledger.reports(3).count { $0.duration >= .milliseconds(300) } == 1)
    waiting.close()
  }

  private func asked(_ server: Endpoint, _ check: Health.Check) -> Configuration {
    var configuration = Configuration.relay(to: [server])
    configuration.servers[0].health.check = check
    configuration.servers[0].health.every = .milliseconds(100)
    configuration.servers[0].health.timeout = .milliseconds(500)
    return configuration
  }

  @Test func whoIsAskedIsFoundWithoutAClient() throws {
    let endpoint = try Socket().endpoint
    let fixture = try Fixture(asked(endpoint, .connect))
    try fixture.ledger.notice(of: "server server is down: \(endpoint): Connection refused")
    let server = try Socket(at: endpoint)
    try fixture.ledger.notice(of: "server server is up again: \(endpoint) answers")
    #expect(fixture.ledger.notices.count == 2)
    withExtendedLifetime(server) {}
  }

  @Test func aServerThatDoesNotGreetIsDownThoughItCanBeConnectedTo() throws {
    let server = try Socket()
    let fixture = try Fixture(asked(server.endpoint, .greeting))
    try fixture.ledger.notice(of: "server server is down: \(server.endpoint): it does not greet in time")
  }

  @Test func aServerThatGreetsIsUp() throws {
    let server = try MailServer()
    let fixture = try Fixture(asked(server.endpoint, .greeting))
    // Asked while a client comes and goes.
    for _ in 0..<3 {
      let client = try fixture.client()
      #expect(try client.line() == "220 mail.test ready")
      try client.send("QUIT\r\n")
      #expect(try client.line() == "221 bye")
    }
    #expect(fixture.ledger.notices.isEmpty)
  }

  /// Nobody is sent to a server whose STARTTLS is hidden, so usher itself looks for it.
  @Test func whatIsHiddenIsSeenAgain() throws {
    let mail = try MailServer()
    let endpoint = try Socket().endpoint
    var configuration = Configuration.mail(to: mail.endpoint)
    var secure = configuration.servers[0]
    (secure.name, secure.addresses, secure.tls) = ("secure", [endpoint], .startTLS)
    secure.health.every = .milliseconds(100)
    secure.health.downAfter = 1
    configuration.servers.append(secure)
    configuration.listeners[0].startTLSWhenDown = .hide
    configuration.listeners[0].rules = RuleList([
      Rule(name: "encrypted", condition: .test(.tls(.startTLS)), action: .to(ServerID(1), terminatingTLS: false)),
      Rule(name: "all", condition: nil, action: .to(ServerID(0), terminatingTLS: false)),
    ])
    let fixture = try Fixture(configuration)
    #expect(try promises(fixture, afterSaying: "STARTTLS").contains("STARTTLS"))
    try fixture.ledger.notice(of: "listener front does not offer STARTTLS while server secure is down")
    try eventually("it is hidden") { try !promises(fixture).contains("STARTTLS") }
    let server = try Socket(at: endpoint)
    try fixture.ledger.notice(of: "listener front offers STARTTLS again")
    try eventually("it is offered") { try promises(fixture).contains("STARTTLS") }
    withExtendedLifetime(server) {}
  }

  /// What a client's EHLO is answered with; what it says then is answered as well.
  private func promises(_ fixture: Fixture, afterSaying command: String? = nil) throws -> String {
    let client = try fixture.client()
    _ = try client.line()
    try client.send("EHLO client.test\r\n")
    var reply = ""
    while let line = try client.line() {
      reply += line + "\n"
      if line.hasPrefix("250 ") { break }
    }
    if let command {
      try client.send("\(command)\r\n")
      #expect(try client.line()?.hasPrefix("454") == true)
    }
    return reply
  }

  // What is known of a server, by itself: no clock, no socket.

  private let start = Instant(nanoseconds: 0)

  private func standing(_ addresses: Int, _ change: (inout Health) -> Void = { _ in }) -> Standing {
    let addresses = (0..<addresses).map { Endpoint.tcp(loopback, port: UInt16($0 + 1)) }
    var server = Server(name: "a", addresses: addresses, balance: .inOrder, tls: [], clientAddress: .hidden)
    change(&server.health)
    return Standing(server)
  }

  @Test func backsOffLongerEachTimeAndOneClientTries() {
    let standing = standing(2)
    #expect(standing.shunned(at: start) == nil)
    _ = standing.failed(at: 0, "refused", at: start)
    var now = start
    var waits: [Duration] = []
    for _ in 0..<8 {
      let began = now
      while standing.shunned(at: now) == [true, false] { now = now + .milliseconds(50) }
      waits.append(now - began)
      // It was the turn of one; the next one is not asked to pay.
      #expect(standing.shunned(at: now) == [true, false])
      _ = standing.failed(at: 0, "refused", at: now)
    }
    #expect(waits[0] >= .milliseconds(750) && waits[0] <= .milliseconds(1300))
    #expect(waits.dropFirst(5).allSatisfy { $0 >= .milliseconds(22_500) && $0 <= .milliseconds(37_550) })
    #expect(standing.connected(to: 0) == .with(.tcp(loopback, port: 1)))
    #expect(standing.shunned(at: now) == nil)
  }

  @Test func eachAddressThatGoesAndComesBackIsToldOnce() {
    let standing = standing(2) { $0.downAfter = 2 }
    let (first, second) = (Endpoint.tcp(loopback, port: 1), Endpoint.tcp(loopback, port: 2))
    #expect(standing.failed(at: 0, "refused", at: start) == nil)
    #expect(standing.missing.isEmpty)
    #expect(standing.failed(at: 0, "refused", at: start) == .without(first, "refused"))
    #expect(standing.failed(at: 0, "refused", at: start) == nil)
    #expect(standing.missing == [first] && !standing.isDown)
    #expect(standing.failed(at: 1, "silent", at: start) == nil)
    #expect(standing.failed(at: 1, "silent", at: start) == .down(second, "silent"))
    #expect(standing.failed(at: 1, "silent", at: start) == nil)
    #expect(standing.missing == [first, second] && standing.isDown)
    #expect(standing.connected(to: 1) == .up(second))
    #expect(standing.connected(to: 0) == .with(first))
    #expect(standing.connected(to: 0) == nil)
    #expect(standing.missing.isEmpty && !standing.isDown)
  }

  @Test func manyThatFailAtOnceAreOneFailure() {
    let standing = standing(2)
    for _ in 0..<100 { _ = standing.failed(at: 1, "refused", at: start) }
    #expect(standing.shunned(at: start + .milliseconds(700)) == [false, true])
    #expect(standing.shunned(at: start + .milliseconds(1300)) == [false, false])
  }

  @Test func whatIsAskedCountsAsTheFileSays() {
    let standing = standing(1) {
      $0.check = .greeting
      $0.downAfter = 2
      $0.upAfter = 2
    }
    #expect(standing.checked(0, "no answer") == nil)
    // A success in between: not in a row.
    #expect(standing.checked(0, nil) == nil)
    #expect(standing.checked(0, "no answer") == nil)
    #expect(standing.checked(0, "421 busy") == .down(.tcp(loopback, port: 1), "421 busy"))
    #expect(standing.isDown)
    // That it can be connected to does not mean that it greets.
    #expect(standing.connected(to: 0) == nil)
    #expect(standing.checked(0, nil) == nil)
    #expect(standing.checked(0, nil) == .up(.tcp(loopback, port: 1)))
    #expect(!standing.isDown)
  }
}
