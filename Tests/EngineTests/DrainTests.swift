import Foundation
import Routing
import Testing
import Wire

@testable import Engine

/// The end of an engine.
@Suite struct DrainTests {
  /// Drains in a thread of its own.
  private func drain(_ fixture: Fixture, within time: Duration) -> Flow.Task {
    let pool = fixture.pool
    return Flow.Task {
      pool.drain(within: time)
      return 0
    }
  }

  @Test func aRelayMayEndInPeace() throws {
    var server: Socket? = try Socket()
    let fixture = try Fixture(.relay(to: [server!.endpoint]))
    let client = try fixture.client()
    let accepted = try server!.accept()
    try client.send("hello")
    #expect(try accepted.text(exactly: 5) == "hello")
    let drained = drain(fixture, within: .seconds(60))
    try eventually("the door is closed") { (try? fixture.client()) == nil }
    // Those that came through it meanwhile have nobody to talk to.
    server = nil
    try client.send("still")
    #expect(try accepted.text(exactly: 5) == "still")
    client.close()
    accepted.close()
    _ = try drained.value()
    #expect(fixture.ledger.reports.contains { $0.ending == "closed" && $0.bytesFromClient == 10 })
  }

  @Test func whatIsLeftWhenTheTimeIsOverIsEnded() throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]))
    let client = try fixture.client()
    let accepted = try server.accept()
    _ = try drain(fixture, within: .milliseconds(50)).value()
    #expect(fixture.ledger.reports.map(\.ending) == ["stopped"])
    #expect(try client.allText() == "")
    #expect(try accepted.allText() == "")
  }

  @Test func aSecondCallEndsAtOnce() throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]))
    let client = try fixture.client()
    _ = try server.accept()
    let drained = drain(fixture, within: .seconds(600))
    try eventually("the door is closed") { (try? fixture.client()) == nil }
    fixture.pool.stop()
    _ = try drained.value()
    #expect(try client.allText() == "")
  }

  @Test func aGreetedClientHearsThatItIsOver() throws {
    let server = try MailServer()
    let fixture = try Fixture(.mail(to: server.endpoint))
    let client = try fixture.client()
    #expect(try client.line() == "220 mail.test ready")
    let drained = drain(fixture, within: .seconds(60))
    #expect(try client.line()?.hasPrefix("421 4.3.2 usher.test") == true)
    #expect(try client.line() == nil)
    client.close()
    _ = try drained.value()
    #expect(fixture.ledger.reports.map(\.ending) == ["stopped"])
  }
}
