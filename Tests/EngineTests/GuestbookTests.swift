import Routing
import Testing
import Wire

@testable import Engine
@testable import Sessions

/// A grace that learns, with real clients: what they do is remembered, through a reload, and the next visit is waited for by it.
/// Where a wait that is too long is to be seen, it is so long that the client gives up.
@Suite struct GuestbookTests {
  private static let endless = Duration.seconds(60)
  private static let short = Duration.milliseconds(200)
  private let server: MailServer
  private let fixture: Fixture

  init() throws {
    server = try MailServer()
    fixture = try Fixture(Self.configuration(server, Grace(floor: .zero, max: Self.short, learns: true)))
  }

  private static func configuration(_ server: MailServer, _ grace: Grace) -> Configuration {
    var configuration = Configuration.mail(to: server.endpoint)
    configuration.listeners[0].grace = grace
    return configuration
  }

  /// The same listener, with another grace.
  private func reload(_ grace: Grace) throws {
    try fixture.pool.reload(Self.configuration(server, grace))
  }

  private func reload(max: Duration) throws { try reload(Grace(floor: .zero, max: max, learns: true)) }

  /// A visit of a client that stays silent until it is greeted.
  private func visit(then say: (Plug) throws -> Void) throws -> Summary {
    let before = fixture.ledger.reports.count
    let client = try fixture.client()
    #expect(try client.line() == "220 mail.test ready")
    try say(client)
    client.close()
    return try fixture.ledger.reports(before + 1)[before].summary
  }

  private func leave(_ client: Plug) throws {
    try client.send("EHLO a.example\r\nMAIL FROM:<>\r\nQUIT\r\n")
    while try client.line() != nil {}
  }

  private func beginTLS(_ client: Plug) throws {
    try client.send(Array("\u{16}\u{3}\u{1}".utf8) + [0, 64] + [1, 0, 0, 60, 3, 3])
    _ = try client.receiveAll()
  }

  private var memory: [Grace.Habit]? { fixture.pool.memories["front"]?.map(\.habit) }

  @Test func whoIsSilentIsGreetedSoonNextTimeAndWhoIsLateIsWaitedFor() throws {
    let stranger = try visit(then: leave)
    #expect(try #require(stranger.graceWaited) >= Self.short)
    #expect(memory == [.silent])
    try reload(max: Self.endless)
    let late = try visit(then: beginTLS)
    #expect(late.ending == .lateHello)
    #expect(memory == [.late])
    try reload(max: Self.short)
    let suspect = try visit(then: leave)
    #expect(try #require(suspect.graceWaited) >= Self.short)
    #expect(memory == [.late])
  }

  /// No connection was there when it was learned.
  @Test func whatWasSavedCounts() throws {
    try reload(max: Self.endless)
    let record = GraceMemory.Record(client: loopback, habit: .silent, age: .seconds(60))
    fixture.pool.restore(["front": [record], "another": [record]])
    #expect(fixture.pool.memories == ["front": [record]])
    _ = try visit(then: leave)
  }

  @Test func aListenerThatDoesNotLearnForgets() throws {
    _ = try visit(then: leave)
    try reload(.fixed(Self.short))
    #expect(memory == nil)
    try reload(max: Self.short)
    #expect(memory == [])
  }

  /// Were the round trip not known, it would be waited for the maximum.
  @Test func theKernelKnowsTheRoundTrip() throws {
    try reload(Grace(floor: .zero, roundTrips: 1, max: Self.endless, learns: false))
    _ = try visit(then: leave)
  }
}
