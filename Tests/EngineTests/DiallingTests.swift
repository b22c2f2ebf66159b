import Dispatch
import Routing
import Testing
import Wire

@testable import Engine

/// Servers that are there, that are not, and that are too slow.
@Suite struct DiallingTests {
  /// An address of this machine where nobody listens.
  private func nobody() throws -> Endpoint { try Socket().endpoint }

  @Test func theNextAddressIsTried() throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [try nobody(), try nobody(), server.endpoint]))
    let client = try fixture.client()
    try client.send("hello")
    #expect(try server.accept().text(exactly: 5) == "hello")
    client.close()
    #expect(try fixture.ledger.reports(1)[0].serverAddress == server.endpoint)
  }

  @Test func whenNoAddressAnswersTheClientIsLeft() throws {
    let fixture = try Fixture(.relay(to: [try nobody(), try nobody()]))
    #expect(try fixture.client().allText() == "")
    #expect(try fixture.ledger.reports(1)[0].ending == "server-refused")
  }

  @Test func anAddressThatDoesNotAnswerIsGivenUp() throws {
    // A queue of one that is full: the kernel answers no more.
    let full = try Socket(backlog: 0)
    let waiting = try Plug(to: full.endpoint)
    let server = try Socket()
    var configuration = Configuration.relay(to: [full.endpoint, server.endpoint])
    configuration.settings.timeouts.connect = .milliseconds(200)
    let fixture = try Fixture(configuration)
    let client = try fixture.client()
    try client.send("hello")
    #expect(try server.accept().text(exactly: 5) == "hello")
    waiting.close()
  }

  @Test func theLeastBusyAddressIsTaken() throws {
    let servers = [try Socket(), try Socket(), try Socket()]
    var configuration = Configuration.relay(to: servers.map(\.endpoint))
    configuration.servers[0].balance = .leastConnections
    let fixture = try Fixture(configuration)
    // As many as there are addresses: each has one.
    var plugs: [Plug] = []
    for server in servers {
      plugs.append(try fixture.client())
      #expect(try Socket.first(of: servers) === server)
      plugs.append(try server.accept())
    }
    // The first one's client leaves; the next goes there.
    plugs[0].close()
    _ = try plugs[1].receive()
    plugs[1].close()
    try eventually("it has left") { fixture.pool.connectionCount == 2 }
    plugs.append(try fixture.client())
    #expect(try Socket.first(of: servers) === servers[0])
  }

  @Test func serversMayBeUnixSockets() throws {
    let server = try Socket(at: .unix("@usher-tests-server"))
    let fixture = try Fixture(.relay(to: [server.endpoint]))
    let client = try fixture.client()
    try client.send("hello")
    let accepted = try server.accept()
    #expect(try accepted.text(exactly: 5) == "hello")
    try accepted.send("there")
    #expect(try client.text(exactly: 5) == "there")
  }

  @Test func aServerHasNoMoreConnectionsThanItMay() throws {
    let server = try Socket()
    var configuration = Configuration.relay(to: [server.endpoint])
    configuration.servers[0].maxConnections = 2
    let fixture = try Fixture(configuration)
    let clients = [try fixture.client(), try fixture.client()]
    let accepted = [try server.accept(), try server.accept()]
    #expect(try fixture.client().allText() == "")
    #expect(try fixture.ledger.reports(1)[0].ending == "server-refused")
    clients[0].close()
    for plug in accepted { plug.close() }
    _ = try fixture.ledger.reports(2)
    clients[1].close()
    _ = try fixture.ledger.reports(3)
    let client = try fixture.client()
    try client.send("again")
    #expect(try server.accept().text(exactly: 5) == "again")
  }

  /// All threads dial at once: the server has what it may, no connection more and none less.
  @Test func aLimitHoldsBetweenThreads() throws {
    let servers = [try Socket(), try Socket()]
    var configuration = Configuration.relay(to: servers.map(\.endpoint))
    configuration.settings.threads = 4
    configuration.servers[0].balance = .leastConnections
    configuration.servers[0].maxConnections = 6
    let fixture = try Fixture(configuration)
    let clients = try (0..<200).map { _ in try fixture.client() }
    let turnedAway = try fixture.ledger.reports(194)
    #expect(turnedAway.allSatisfy { $0.ending == "server-refused" })
    // Which of the two each went to depends on what its thread saw of the others.
    for _ in 0..<6 { _ = try Socket.first(of: servers).accept() }
    #expect(fixture.pool.connectionCount == 6)
    #expect(fixture.ledger.reports.count == 194)
    withExtendedLifetime(clients) {}
  }

  /// The same at its heart, and while a configuration follows another.
  @Test func whoEntersIsCountedOnce() throws {
    var configuration = Configuration.relay(to: [try nobody(), try nobody()])
    configuration.servers[0].maxConnections = 1
    let before = try Plan(configuration, after: nil)
    let plans = [before, try Plan(configuration, after: before)]
    let (inside, entered, together) = (Counter(), Counter(), Counter())
    DispatchQueue.concurrentPerform(iterations: 4) { number in
      for turn in 0..<50_000 where plans[number % 2].enter(ServerID(0), at: turn % 2, most: 1) {
        if inside.add(1) > 1 { together.add(1) }
        entered.add(1)
        inside.add(-1)
        plans[number % 2].occupancies[0][turn % 2].add(-1)
      }
    }
    #expect(together.value == 0)
    #expect(entered.value > 0)
    #expect(before.occupancies[0].map(\.value) == [0, 0])
  }

  /// Such a queue says so at once, and nothing tells when it has room again.
  @Test func aUnixSocketWhoseQueueIsFullIsAskedAgain() throws {
    let server = try Socket(at: .unix("@usher-tests-full"), backlog: 0)
    let waiting = try Plug(to: server.endpoint)
    let fixture = try Fixture(.relay(to: [server.endpoint]))
    let client = try fixture.client()
    try client.send("hello")
    try eventually("it is connected") { fixture.pool.connectionCount == 1 }
    _ = try server.accept()
    #expect(try server.accept().text(exactly: 5) == "hello")
    waiting.close()
  }
}
