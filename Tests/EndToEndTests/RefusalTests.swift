import Testing

/// What a server refuses, it refuses through usher in the same words, whoever the client is and however it came.
@Suite(.withMailServers, .inTurn(taking: 2), .inRelayModes(.splicing))
struct RefusalTests {
  private static let heardDirectly = Once<[String], [String: Transcript]>()
  private static let situations = Topology.allCases.flatMap { topology in
    Way.allCases.flatMap { way in
      MailServer.all.map { Situation(server: $0.name, topology: topology, way: way) }
    }
  }

  @Test(arguments: situations) func serverRefusesInItsOwnWords(situation: Situation) async throws {
    let town = try await Town.of(situation.server)
    let conversations = Conversation.all(in: situation)
    let direct = try await Self.heardDirectly.value([situation.server, situation.way.rawValue]) {
      try await town.stage.converse(conversations, situation.way, with: town.direct(situation.way))
    }
    let through = try await town.stage.converse(
      conversations, situation.way, with: town.port(situation.topology, situation.way))
    var occurred: Set<String> = []
    for conversation in conversations {
      let (before, now) = (try #require(direct[conversation.name]), try #require(through[conversation.name]))
      let differences = Difference.between(before, now, in: situation)
      let surprises = differences.filter { $0.row == nil }.map(\.line)
      #expect(surprises == [], "\(conversation.name)\n\(before)\n\n\(now)")
      #expect(before.replies == now.replies, "\(conversation.name)")
      occurred.formUnion(differences.compactMap(\.row?.title))
      note(conversation, before, now, in: situation)
    }
    #expect(occurred == Set(Difference.expected(in: situation).map(\.title)))
  }

  /// The first reply that refuses. (The same in both, or else a surprise.)
  private func note(_ conversation: Conversation, _ direct: Transcript, _ through: Transcript, in situation: Situation)
  {
    let replies = [direct, through].map { $0.lines.first { $0.contains(/^[45]/) } }
    guard conversation.isRefused, let reply = replies[0], reply == replies[1] else { return }
    Matrix.refused(conversation.name, reply, in: situation)
  }
}

extension Conversation {
  /// OpenSMTPD loses what comes in one segment with a PROXY header: an early talker would wait for ever (docs/rules.md).
  fileprivate static func all(in situation: Situation) -> [Conversation] {
    guard situation.way == .plain else { return refused }
    return refused + beforeMail.filter { !$0.early || situation.server != MailServer.opensmtpd.name }
  }

  /// What servers are set up to refuse (`MailServer`), or refuse by themselves.
  fileprivate static let refused: [Conversation] = [
    refused("an unknown recipient", rcpt("unknown@rcpt.test")),
    refused("a foreign recipient", rcpt("u@foreign.example")),
    refused("a sender that is not wanted", rcpt(from: "rejected@sender.example")),
    refused("a sender that is to come again (greylisting)", rcpt(from: "grey@sender.example")),
    refused("a sender who must authenticate", rcpt(from: "member@sender.example")),
    refused("a message too big, as MAIL says", ["MAIL FROM:<a@sender.example> SIZE=99000000"]),
    refused("a message too big, as it turns out", rcpt() + ["DATA", "Subject: big\r\n\r\n\(big)."]),
    refused("DATA without a recipient", ["MAIL FROM:<a@sender.example>", "DATA"]),
    refused("a parameter that nobody knows", ["MAIL FROM:<a@sender.example> COLOUR=BLUE"]),
    refused("a command that nobody knows", ["PLEASE"]),
    refused("RCPT before MAIL", ["RCPT TO:<u@rcpt.test>"]),
  ]

  /// What clients do that send no mail, or send it oddly.
  fileprivate static let beforeMail: [Conversation] = [
    Conversation("EHLO before the greeting", early: true, ["EHLO client.example"] + rcpt() + ["QUIT"]),
    Conversation("QUIT behind EHLO", ["EHLO client.example", "QUIT"]),
    Conversation("QUIT at once", ["QUIT"]),
    Conversation("NOOP and RSET", ["NOOP", "EHLO client.example", "RSET", "NOOP"] + rcpt() + ["QUIT"]),
    Conversation("EHLO twice", ["EHLO client.example", "EHLO client.example"] + rcpt() + ["QUIT"]),
    Conversation("EHLO without a name", ["EHLO", "QUIT"]),
    Conversation("HELO", ["HELO client.example"] + rcpt() + ["QUIT"]),
    Conversation("MAIL without EHLO", rcpt() + ["QUIT"]),
    Conversation("STARTTLS without EHLO", ["STARTTLS", "QUIT"]),
    Conversation("AUTH", ["EHLO client.example", "AUTH PLAIN AGEAYg==", "QUIT"]),
    Conversation("VRFY", ["EHLO client.example", "VRFY u@rcpt.test", "QUIT"]),
  ]

  fileprivate var isRefused: Bool { Self.refused.contains { $0.name == name } }

  private static func refused(_ name: String, _ says: [String]) -> Conversation {
    Conversation(name, ["EHLO client.example"] + says + ["QUIT"])
  }

  private static func rcpt(_ recipient: String = "u@rcpt.test", from sender: String = "a@sender.example") -> [String] {
    ["MAIL FROM:<\(sender)>", "RCPT TO:<\(recipient)>"]
  }

  /// More than the servers' 200,000 bytes.
  private static let big = String(repeating: String(repeating: "x", count: 70) + "\r\n", count: 3000)
}
