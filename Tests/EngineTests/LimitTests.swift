import Foundation
import Routing
import Testing
import Wire

@testable import Engine

/// Too many clients: in mail they hear so, and it is told once when it begins and once when it ends.
@Suite struct LimitTests {
  private func mail(_ change: (inout Configuration) -> Void) throws -> (Fixture, MailServer) {
    let server = try MailServer()
    var configuration = Configuration.mail(to: server.endpoint)
    change(&configuration)
    return (try Fixture(configuration), server)
  }

  private func greeted(_ fixture: Fixture) throws -> Plug {
    let client = try fixture.client()
    #expect(try client.line() == "220 mail.test ready")
    return client
  }

  private func isTurnedAway(_ fixture: Fixture) throws {
    let client = try fixture.client()
    #expect(try client.line()?.hasPrefix("421 4.3.2 usher.test Service not available: too many connections") == true)
    #expect(try client.line() == nil)
  }

  private func leave(_ client: Plug) throws {
    try client.send("QUIT\r\n")
    #expect(try client.line()?.hasPrefix("221") == true)
    client.close()
  }

  /// What a client sends ahead is read up to the limit; the rest stays in the kernel.
  @Test func ofWhatIsSentAhead() throws {
    let silent = try Socket()
    var configuration = Configuration.mail(to: silent.endpoint, greetedBy: silent.endpoint)
    configuration.settings.limits.pipelined = 4096
    let fixture = try Fixture(configuration)
    let client = try fixture.client()
    try client.send(String(repeating: "NOOP\r\n", count: 5000))
    try eventually("all but the limit waits") { try unread(at: fixture.door, from: client.local) == 30_000 - 4096 }
  }

  @Test func ofTheProcess() throws {
    let (fixture, server) = try mail { $0.settings.limits.connections = 2 }
    // The inquiry of the start counts as long as it lasts.
    try eventually("nobody is there") { fixture.pool.connectionCount == 0 }
    let clients = [try greeted(fixture), try greeted(fixture)]
    for _ in 0..<3 { try isTurnedAway(fixture) }
    try leave(clients[0])
    try eventually("one has left") { fixture.pool.connectionCount == 1 }
    try leave(try greeted(fixture))
    try fixture.ledger.notice(of: "clients are taken again")
    #expect(fixture.ledger.notices.filter { $0.message.contains("others are turned away") }.count == 1)
    _ = server
  }

  @Test func ofAListener() throws {
    let (fixture, server) = try mail { $0.listeners[0].maxConnections = 1 }
    let client = try greeted(fixture)
    for _ in 0..<3 { try isTurnedAway(fixture) }
    try leave(client)
    try fixture.ledger.notice(of: "listener front takes clients again")
    try leave(try greeted(fixture))
    #expect(fixture.ledger.notices.filter { $0.message.contains("others are turned away") }.count == 1)
    _ = server
  }

  @Test func ofAClient() throws {
    let (fixture, server) = try mail { $0.listeners[0].maxConnectionsPerClient = 2 }
    let clients = [try greeted(fixture), try greeted(fixture)]
    for _ in 0..<3 { try isTurnedAway(fixture) }
    // Another address of the same machine is another client.
    let other = try Plug(to: fixture.door, from: .tcp(IPAddress("127.0.0.9")!, port: 0))
    #expect(try other.line() == "220 mail.test ready")
    try leave(clients[0])
    try eventually("one has left") { fixture.pool.connectionCount == 2 }
    try leave(try greeted(fixture))
    #expect(fixture.ledger.notices.filter { $0.message.contains("127.0.0.1 has 2 connections") }.count == 1)
    _ = server
  }

  /// Many strangers are waited for: those who come then wait no longer than they must, until there are fewer.
  @Test func ofPatience() throws {
    let (fixture, server) = try mail {
      $0.settings.limits.connections = 4
      $0.listeners[0].grace = Grace(floor: .zero, max: .seconds(60), learns: true, underLoad: .milliseconds(20))
    }
    var silent: [Plug] = []
    for count in 1...2 {
      silent.append(try fixture.client())
      try eventually("\(count) are waited for") { fixture.pool.house.inGrace.value == count }
    }
    #expect(fixture.ledger.notices.isEmpty)
    for _ in 0..<2 { _ = try greeted(fixture) }
    #expect(fixture.ledger.notices.map(\.message.first) == ["3"])
    for client in silent { client.close() }
    try fixture.ledger.notice(of: "strangers are waited for as long as before")
    try eventually("nobody is waited for") { fixture.pool.house.inGrace.value == 0 }
    _ = server
  }

  /// Who was accepted can always be served: those for whom there are no descriptors wait in the kernel.
  @Test func ofDescriptors() throws {
    let server = try Socket()
    // What the process itself needs, and then a few clients' worth.
    let fixture = try Fixture(.relay(to: [server.endpoint]), descriptors: 68 + 3 + 2 * 5)
    var clients = try (0..<8).map { _ in try fixture.client() }
    for client in clients { try client.send("hello") }
    try fixture.ledger.notice(of: "clients must wait to be accepted")
    // As they leave, others come: all are served in the end.
    for _ in 0..<8 {
      let accepted = try server.accept()
      #expect(try accepted.text(exactly: 5) == "hello")
      clients.removeFirst().close()
      accepted.close()
    }
    try fixture.ledger.notice(of: "clients are accepted again")
    // However often one leaves and one comes: it began once, and ended once.
    #expect(fixture.ledger.notices.map(\.level) == [.error, .info])
  }

  /// More clients come than are accepted: here, because nobody accepts yet.
  @Test func ofTheQueue() throws {
    let server = try Socket()
    var configuration = Configuration.relay(to: [server.endpoint])
    configuration.settings.threads = 1
    let ledger = Ledger()
    let pool = try WorkerPool(
      configuration: configuration, hostname: "usher.test", relayMode: .automatic, descriptors: 20_000, observer: ledger
    )
    let limit = try #require(
      Int(String(contentsOfFile: "/proc/sys/net/core/somaxconn", encoding: .utf8).filter(\.isNumber)))
    let clients = try (0...limit / 2 + 64).map { _ in try Plug(to: ledger.doors[0]) }
    pool.start()
    try ledger.notice(of: "faster than they are accepted")
    try ledger.notice(of: "no client waits")
    #expect(ledger.notices.map(\.level) == [.warning, .info])
    clients.forEach { $0.close() }
    pool.stop()
  }
}
