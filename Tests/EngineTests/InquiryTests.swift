import Routing
import Sessions
import Synchronization
import Testing
import Wire

@testable import Engine

/// Mail servers are asked what they promise until they tell, and then now and then.
@Suite struct InquiryTests {
  private let server = ServerID(0)
  private let start = Instant(nanoseconds: 0)

  /// When a server is asked that answers so, in seconds after the answer before.
  private func pauses(after answers: [Bool]) -> [Int64] {
    var now = start
    var schedule = InquirySchedule(of: [server], from: now)
    return answers.map { answered in
      #expect(schedule.takeDue(at: now) == [server])
      // Not twice at once, however long it takes.
      #expect(schedule.next == .never)
      schedule.ended(server, answered: answered, at: now)
      let before = now
      now = schedule.next
      return (now - before).wholeNanoseconds / 1_000_000_000
    }
  }

  @Test func asksLessOftenTheMoreItFails() {
    #expect(pauses(after: Array(repeating: false, count: 8)) == [1, 2, 4, 8, 16, 30, 30, 30])
  }

  @Test func asksNowAndThenAfterAnAnswer() {
    #expect(pauses(after: [true, true, false, false, true, false]) == [300, 300, 1, 2, 300, 1])
  }

  @Test func eachServerHasItsOwnTime() {
    let servers = (0..<3).map(ServerID.init)
    var schedule = InquirySchedule(of: servers, from: start)
    #expect(schedule.takeDue(at: start) == servers)
    schedule.ended(servers[2], answered: false, at: start)
    schedule.ended(servers[0], answered: true, at: start)
    #expect(schedule.takeDue(at: start + .milliseconds(999)) == [])
    #expect(schedule.takeDue(at: start + .seconds(1)) == [servers[2]])
    #expect(schedule.next == start + .seconds(300))
  }

  @Test func nobodyIsAsked() { #expect(InquirySchedule(of: [], from: start).next == .never) }

  /// The server cannot be talked to when usher starts; when it can, its promises are what the greeter's client hears.
  @Test func whatFailedIsAskedAgain() throws {
    let refusals = Atomic(1)
    let greeter = try MailServer(promising: ["SIZE 1000", "DSN", "8BITMIME"])
    let other = try MailServer(promising: ["SIZE 500", "8BITMIME"]) {
      refusals.subtract(1, ordering: .relaxed).oldValue > 0 ? "421 4.3.2 later" : "220 mail.test ready"
    }
    let fixture = try Fixture(.mail(to: other.endpoint, greetedBy: greeter.endpoint))
    func promises() throws -> Set<String> {
      let client = try fixture.client()
      _ = try client.line()
      try client.send("EHLO client.test\r\n")
      var lines: Set<String> = []
      while let line = try client.line() {
        lines.insert(String(line.dropFirst(4)))
        if line.hasPrefix("250 ") { break }
      }
      try client.send("QUIT\r\n")
      client.close()
      return lines.subtracting(["mail.test"])
    }
    // Nothing is certain until the other has told; it never promised DSN.
    try eventually("the other server has been asked again") {
      let heard = try promises()
      #expect(heard == [] || heard == ["SIZE 500", "8BITMIME"])
      return !heard.isEmpty
    }
    #expect(refusals.load(ordering: .relaxed) < 0)
  }
}
