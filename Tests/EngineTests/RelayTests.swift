import Testing
import Wire

@testable import Engine

@Suite struct RelayTests {
  @Test func bytesGoBothWays() throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]))
    let client = try fixture.client()
    try client.send("hello")
    let accepted = try server.accept()
    #expect(try accepted.text(exactly: 5) == "hello")
    try accepted.send("and welcome")
    #expect(try client.text(exactly: 11) == "and welcome")
    client.close()
    #expect(try accepted.allText() == "")
    accepted.close()
    let report = try fixture.ledger.reports(1)[0]
    #expect(report.ending == "closed")
    #expect(report.bytesFromClient == 5)
    #expect(report.bytesToClient == 11)
    #expect(report.serverAddress == server.endpoint)
  }

  @Test func aServerMayEndFirst() throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]))
    let client = try fixture.client()
    let accepted = try server.accept()
    try accepted.send("bye")
    try accepted.endWriting()
    #expect(try client.allText() == "bye")
    try client.send("still here")
    try client.endWriting()
    #expect(try accepted.allText() == "still here")
    #expect(try fixture.ledger.reports(1)[0].ending == "closed")
  }

  @Test func aClientMayEndFirst() throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]))
    let client = try fixture.client()
    try client.send("question")
    try client.endWriting()
    let accepted = try server.accept()
    #expect(try accepted.allText() == "question")
    try accepted.send("answer")
    accepted.close()
    #expect(try client.allText() == "answer")
    #expect(try fixture.ledger.reports(1)[0].ending == "closed")
  }
}
