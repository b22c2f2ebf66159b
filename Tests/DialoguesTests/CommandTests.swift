import Dialogues
import Testing

@Suite struct CommandTests {
  @Test(arguments: [
    ("EHLO client.example", "EHLO", "client.example"), ("ehlo client.example", "EHLO", "client.example"),
    ("MAIL FROM:<a@b>", "MAIL", "FROM:<a@b>"), ("mail\tfrom:<a@b> ", "MAIL", "from:<a@b>"), ("QUIT", "QUIT", ""),
    ("QUIT  ", "QUIT", ""), ("STARTTLSX", "STARTTLSX", ""), ("EHLO-x", "EHLO-X", ""), ("X-2 3", "X-2", "3"),
    ("", "", ""), (" EHLO x", "", "EHLO x"), ("GET / HTTP/1.1", "GET", "/ HTTP/1.1"), ("MA\u{0}L x", "", "x"),
    ("MÄIL x", "", "x"), ("EHLO:x", "", ""),
  ]) func isVerbAndArgument(line: String, verb: String, argument: String) {
    let command = Command(bytes(line))
    #expect(command.verb == verb)
    #expect(command.argument == bytes(argument))
    #expect(command.bytes == bytes(line) + [13, 10])
  }

  @Test(arguments: [("EHLO a", false), ("EHLO a\u{0}b", true), ("EHLO a\rSTARTTLS", true)])
  func isAmbiguousWhereReadersDiffer(line: String, ambiguous: Bool) {
    #expect(Command(bytes(line)).isAmbiguous == ambiguous)
  }

  @Test(arguments: [
    ("MAIL FROM:<a@b.example>", "a@b.example", []), ("mail from: <a@b.example> SIZE=5", "a@b.example", ["SIZE=5"]),
    ("MAIL FROM:<>", "", []), ("MAIL FROM:a@b.example SMTPUTF8 ret=Full", "a@b.example", ["SMTPUTF8", "RET=Full"]),
    ("MAIL FROM:<\"a> b\\\"\"@c> BODY=8BITMIME", "\"a> b\\\"\"@c", ["BODY=8BITMIME"]),
    ("MAIL FROM:<@x,@y:a@b>", "a@b", []), ("MAIL FROM:<a@b", "a@b", []), ("MAIL", "", []), ("MAIL FROM:", "", []),
    ("RCPT TO:<u@v> NOTIFY=NEVER", "u@v", ["NOTIFY=NEVER"]), ("MAIL FROM:<a@b>SIZE=5", "a@b", ["SIZE=5"]),
  ]) func isPathAndParameters(line: String, path: String, parameters: [String]) throws {
    let mail = try #require(MailCommand(Command(bytes(line))))
    #expect(mail.path == bytes(path))
    #expect(mail.parameters.map { $0.value == nil ? $0.keyword : "\($0.keyword)=\($0.value!)" } == parameters)
    #expect(Command(bytes(line)).reversePath == (line.uppercased().hasPrefix("MAIL") ? bytes(path) : nil))
  }

  @Test(arguments: ["VRFY a", "QUIT", ""]) func othersHaveNoPath(line: String) {
    #expect(MailCommand(Command(bytes(line))) == nil)
    #expect(Command(bytes(line)).reversePath == nil)
  }

  @Test(arguments: [
    ("EHLO a.example", Hello.Verb.ehlo, true), ("helo a.example", .helo, false), ("Lhlo a.example", .lhlo, true),
  ]) func isHello(line: String, verb: Hello.Verb, asks: Bool) throws {
    let hello = try #require(Hello(Command(bytes(line))))
    #expect(hello.verb == verb)
    #expect(hello.name == bytes("a.example"))
    #expect(hello.asksForExtensions == asks)
  }

  @Test(arguments: ["EHLO", "EHLO ", "NOOP a", ""]) func isNoHello(line: String) {
    #expect(Hello(Command(bytes(line))) == nil)
  }
}

@Suite struct ReceptionTests {
  /// What is heard of the last of those lines.
  private func heard(_ lines: String...) -> Heard {
    var reception = Reception()
    return lines.map { reception.hear(bytes($0)) }.last!
  }

  @Test(arguments: ["NOOP", "rset", "NOOP with argument"]) func answersWhatDecidesNothing(line: String) {
    #expect(heard(line) == .answered(.ok))
    #expect(heard("EHLO a", line) == .answered(.ok))
  }

  @Test(arguments: ["MAIL FROM:<>", "AUTH PLAIN", "HELP", "XYZZY", "VRFY a", "STARTTLSX"])
  func leavesTheRestToTheServer(line: String) {
    #expect(heard("EHLO a", line) == .command(Command(bytes(line))))
    #expect(heard(line) == .command(Command(bytes(line))))
  }

  @Test func takesStartTLSOnlyBehindAHelloAndWithoutParameters() {
    #expect(heard("EHLO a", "STARTTLS") == .startTLS)
    #expect(heard("EHLO a", "starttls ") == .startTLS)
    for lines in [("NOOP", "STARTTLS"), ("EHLO a", "STARTTLS x")] {
      guard case .answered(let reply) = heard(lines.0, lines.1) else { return #expect(Bool(false), "\(lines)") }
      #expect(reply.code >= 500)
    }
  }

  @Test(arguments: ["EHLO", "HELO ", "", " NOOP", "EHLO a\u{0}b", "NOOP\rQUIT"]) func refusesBadSyntax(line: String) {
    guard case .answered(let reply) = heard(line) else { return #expect(Bool(false)) }
    #expect((500...501).contains(reply.code))
  }
}
