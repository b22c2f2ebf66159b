import Dialogues
import Testing
import Wire

@Suite struct ReplyTests {
  /// All that a reader makes of it.
  private func fronts(_ chunks: [[UInt8]], longestLine: Int = 100, mostLines: Int = 10) -> [ReplyReader.Front] {
    var reader = ReplyReader(longestLine: longestLine, mostLines: mostLines)
    var fronts: [ReplyReader.Front] = []
    for chunk in chunks {
      reader.append(chunk.span)
      while true {
        let front = reader.next()
        if front == .partial { break }
        fronts.append(front)
        if front == .malformed { return fronts }
      }
    }
    return fronts
  }

  /// What servers were seen to say, and what they could say.
  static let conversations = [
    "220 vm ESMTP Postfix (Debian/GNU)\r\n250-vm\r\n250 STARTTLS\r\n",
    "220-multi.example ESMTP first line\r\n220-second line\r\n220 third line\r\n",
    "220\r\n250 \r\n354 go\n221 bare LF\n",
    "250-a\r\n250-\r\n250 b\r\n421 4.3.2 closing\r\n",
  ]

  @Test(arguments: conversations) func anySegmentationGivesTheSameReplies(text: String) {
    let whole = fronts([bytes(text)])
    #expect(!whole.contains(.malformed))
    for size in 1..<text.utf8.count { #expect(fronts(bytes(text).cut(every: size)) == whole, "segments of \(size)") }
  }

  @Test(arguments: conversations) func nothingWaitsBehindWholeReplies(text: String) {
    var reader = ReplyReader(longestLine: 100, mostLines: 10)
    reader.append(bytes(text).span)
    while case .reply = reader.next() {}
    #expect(reader.isEmpty)
  }

  @Test func aGreetingIsWholeAtItsLastLine() {
    #expect(fronts([bytes("220-vm ESMTP Postfix\r\n")]) == [])
    #expect(fronts([bytes("220-vm ESMTP Postfix\r\n"), bytes("220 vm\r\n")]).count == 1)
  }

  @Test func aReplyIsWhatItSays() throws {
    guard case .reply(let reply) = fronts([bytes("250-vm Hello\r\n250-SIZE 10\r\n250 HELP\r\n")]).first else {
      throw Missing()
    }
    #expect(reply.code == 250)
    #expect(reply.isPositive)
    #expect(reply.lines.map { String(decoding: $0, as: UTF8.self) } == ["vm Hello", "SIZE 10", "HELP"])
    #expect(reply.firstLine == bytes("vm Hello")[...])
    #expect(reply == Reply(code: 250, lines: reply.lines.map(Array.init)))
  }

  @Test(arguments: [
    "hello\r\n", "25 no\r\n", "250+no\r\n", "250-one\r\n251 two\r\n", "\r\n", "650 no such class\r\n",
    "150 neither\r\n",
    "2500 four digits\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "\u{16}\u{3}\u{1}\r\n",
  ]) func whatIsNoReplyIsMalformed(text: String) {
    #expect(fronts([bytes(text)]).last == .malformed)
    #expect(fronts(bytes(text).map { [$0] }).last == .malformed)
  }

  @Test func limitsAreKept() {
    #expect(fronts([bytes("220 12345678\r\n")], longestLine: 12) != [.malformed])
    #expect(fronts([bytes("220 123456789\r\n")], longestLine: 12) == [.malformed])
    #expect(fronts([[UInt8](repeating: 50, count: 2_000_000)], longestLine: 12) == [.malformed])
    let lines = { (count: Int) in [bytes(String(repeating: "220-x\r\n", count: count - 1) + "220 x\r\n")] }
    #expect(fronts(lines(3), mostLines: 3) != [.malformed])
    #expect(fronts(lines(4), mostLines: 3) == [.malformed])
  }

  @Test func anyBytesWhatever() {
    var dice = Dice(state: 1)
    let alphabet = bytes("2502 -\r\n\u{0}x") + [0xFF]
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0...40, using: &dice)).map { _ in alphabet.randomElement(using: &dice)! }
      let whole = fronts([text], longestLine: 20, mostLines: 3)
      #expect(fronts(text.map { [$0] }, longestLine: 20, mostLines: 3) == whole)
    }
  }
}

struct Missing: Error {}
