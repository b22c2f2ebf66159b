import Dialogues
import Testing
import Wire

/// What a client could hide in a message, or behind a command, from one of two readers.
@Suite struct MediationTests {
  /// What a mediation does that has just heard a command of the client's, and then a reply, and so on.
  private func steps(_ turns: String...) -> [Mediation.Step] {
    let offered = Capabilities(Reply(code: 250, lines: ["a", "CHUNKING", "AUTH PLAIN"].map(bytes)))
    var mediation = Mediation(
      promised: offered, offered: offered, isMeantToLast: false, longestLine: 100, mostLines: 10)
    var inbox = LineBuffer(longestLine: 100)
    var steps: [Mediation.Step] = []
    for (index, turn) in turns.enumerated() {
      if index.isMultiple(of: 2) { inbox.append(bytes(turn).span) } else { mediation.received(bytes(turn).span) }
      while let step = mediation.next(&inbox) ?? mediation.next() {
        steps.append(step)
        if case .farewell = step { return steps }
      }
    }
    return steps
  }

  /// What the server is sent, in all.
  private func sent(_ steps: [Mediation.Step]) -> String {
    steps.map { if case .send(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { "" } }.joined()
  }

  private func codes(_ steps: [Mediation.Step]) -> [Int] {
    steps.compactMap {
      switch $0 {
      case .answer(let reply), .farewell(let reply): reply.code
      case .send: nil
      }
    }
  }

  /// RFC 5321 §4.1.1.4: nothing but CRLF.CRLF ends a message (CVE-2023-51764 and its like are about readers that think otherwise).
  @Test(arguments: [
    "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\n.\r", "\r\n\u{0}.\r\n", "\r\n.\u{0}\r\n",
    "\r\n..\r\n",
    "\r\n.\r\r\n",
  ]) func nothingElseEndsAMessage(end: String) {
    let content = "Subject: x\r\n\r\nbody\(end)NOOP\r\nSTARTTLS\r\nMAIL FROM:<evil@sender.example>\r\n"
    let steps = steps("DATA\r\n", "354 Go on\r\n", content + ".\r\nRSET\r\n", "250 Ok\r\n")
    #expect(sent(steps) == "DATA\r\n" + content + ".\r\nRSET\r\n")
    #expect(codes(steps) == [354, 250])
  }

  /// A server that thinks otherwise takes the rest for commands: it is not talked to any more when it shows.
  @Test func aServerThatEndsAMessageElsewhereIsLeft() {
    let steps = steps(
      "DATA\r\n", "354 Go on\r\n", "body\n.\nMAIL FROM:<evil@sender.example>\r\n", "250 Ok\r\n250 Ok\r\n",
      "RCPT TO:<victim@rcpt.example>\r\nDATA\r\nevil\r\n.\r\nQUIT\r\n")
    #expect(sent(steps) == "DATA\r\nbody\n.\nMAIL FROM:<evil@sender.example>\r\n")
    #expect(codes(steps) == [354, 250, 421])
  }

  /// Clients go by the first digit (RFC 5321 §4.2.1): what they send then is content.
  @Test(arguments: ["354", "350", "399"]) func contentFollowsAnyIntermediateReply(code: String) {
    let steps = steps("DATA\r\n", "\(code) Go on\r\n", "NOOP\r\nSTARTTLS\r\n.\r\n", "250 Ok\r\n")
    #expect(sent(steps) == "DATA\r\nNOOP\r\nSTARTTLS\r\n.\r\n")
  }

  @Test(arguments: [
    "", " ", " LAST", " x", " 0x10", " -1", " +5", " 5 LAST LAST", " 5 FIRST", " 5,", " 1e3", "\t5", " 5\tLAST",
    " 5\u{0}",
    " 5\r", " 9223372036854775807", " 18446744073709551621", " 99999999999999999999999999999999",
  ]) func whatIsBehindABDATThatIsNoneIsNotRead(argument: String) {
    let steps = steps("BDAT\(argument)\r\nMAIL FROM:<evil@sender.example>\r\n")
    #expect(steps.count == 1)
    guard case .farewell(let reply) = steps.first else { return #expect(Bool(false), "\(steps)") }
    #expect(reply.code == 501)
  }

  @Test(arguments: [" 999999999999999999", " 999999999999999999 LAST", " 000000000000000100 last"])
  func aLongChunkIsNoCommand(argument: String) {
    let steps = steps("BDAT\(argument)\r\nMAIL FROM:<evil@sender.example>\r\n.\r\nQUIT\r\n")
    #expect(sent(steps) == "BDAT\(argument)\r\nMAIL FROM:<evil@sender.example>\r\n.\r\nQUIT\r\n")
    #expect(codes(steps) == [])
  }

  @Test(arguments: ["\r\n.\r\n", "\n.\n", "."]) func noEndIsLookedForInAChunk(content: String) {
    let count = content.utf8.count + 6
    let steps = steps("BDAT \(count) LAST\r\nNOOP\r\n\(content)RSET\r\n", "250 Ok\r\n")
    #expect(sent(steps) == "BDAT \(count) LAST\r\nNOOP\r\n\(content)RSET\r\n")
  }

  /// The line behind a 334 is a response, whatever it looks like (RFC 4954 §4), and the next one waits for the reply.
  @Test(arguments: ["*", "QUIT", "STARTTLS", "MAIL FROM:<evil@sender.example>", "BDAT 100000 LAST", "DATA", ""])
  func aResponseThatLooksLikeACommandIsNone(response: String) {
    let waiting = steps("AUTH PLAIN\r\n", "334 \r\n", "\(response)\r\nRSET\r\n")
    #expect(sent(waiting) == "AUTH PLAIN\r\n\(response)\r\n")
    let answered = steps("AUTH PLAIN\r\n", "334 \r\n", "\(response)\r\nRSET\r\n", "535 5.7.8 No\r\n")
    #expect(sent(answered) == "AUTH PLAIN\r\n\(response)\r\nRSET\r\n")
    #expect(codes(answered) == [334, 535])
  }

  /// A response may be longer than a command (RFC 4954 §4: 12288 octets), and is not kept.
  @Test func aLongResponseIsPassedOnAsItComes() {
    let response = String(repeating: "A", count: 12_288)
    #expect(sent(steps("AUTH PLAIN\r\n", "334 \r\n", response)) == "AUTH PLAIN\r\n" + response)
  }

  @Test(arguments: [" MAIL FROM:<>", "NOOP\u{0}", "NOOP\rMAIL FROM:<>", "M\u{80}IL", "", ".", "STARTTLS", "starttls x"])
  func noServerSeesWhatReadersTakeDifferently(line: String) {
    let steps = steps("\(line)\r\nRSET\r\n")
    #expect(sent(steps) == "RSET\r\n")
    #expect(codes(steps).allSatisfy { (500...502).contains($0) } && codes(steps).count == 1)
  }

  @Test func aCommandWithoutEndIsNotKept() {
    #expect(codes(steps(String(repeating: "A", count: 1000))) == [500])
  }
}
