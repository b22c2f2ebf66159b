import Foundation
import Testing

/// Every client's last word is written down: whoever heard 250 to its data finds its message in a store, and nobody is left
/// without a word, whatever the servers do meanwhile.
@Suite(.inTurn, .inEveryRelayMode)
struct LedgerTests {
  @Test func serverThatComesAndGoesLosesNothing() async throws {
    let stage = try await Stage()
    let stunnel = try await stage.startStunnel(before: try HandMadeServer(answer: Scene.politely).address)
    let (port, besidePort) = (Port.free(), Port.free())
    let rules = Rules.mail(
      .wrapper, listen: "127.0.0.1:\(port)", stunnel: stunnel.address, beside: "127.0.0.1:\(besidePort)",
      introduction: .hidden, certificate: try await Certificate.shared.value, grace: "50ms")
    let first = try await stage.start(.aiosmtpd, port: besidePort)
    let usher = try await stage.startUsher(rules, ports: [port])
    async let lives = comesAndGoes(first, stage, times: 4)
    let ledger = try await sessions(600, at: port)
    let stored = try await lives.flatMap(\.store.messages).map(\.text).joined()

    for session in ledger {
      switch session.end {
      case .accepted: #expect(stored.contains(session.token), "lost after 250")
      case .refused(let reply): #expect(reply.hasPrefix("4"), "\(reply)")
      // From the first command that it hears on, a server that dies breaks the session, as it would a direct one.
      case .broken(let step): #expect(step >= .sender, "nobody told the client")
      }
    }
    // Both happened, or the test has shown nothing.
    #expect(ledger.contains { $0.end == .accepted })
    #expect(ledger.contains { $0.end != .accepted }, "\(usher.child.output.suffix(2000))")
  }

  @Test(.withMailServers) func serverWithoutSpaceSaysSoItself() async throws {
    let stage = try await Stage()
    // It takes nothing while there is not enough for the largest message.
    let extra = "message_size_limit = 1000000000000000\nvirtual_mailbox_limit = 0"
    let server = try await stage.start(.postfix, extra: extra)
    let port = Port.free()
    let rules = Rules.mail(
      .terminate, listen: "127.0.0.1:\(port)", stunnel: "", beside: server.address, introduction: .hidden,
      certificate: try await Certificate.shared.value, grace: "50ms")
    let usher = try await stage.startUsher(rules, ports: [port])
    for door in [server.port, usher.port] {
      let client = try RawClient(port: door)
      _ = try await client.reply()
      _ = try await client.say("EHLO client.example")
      let reply = try await client.say("MAIL FROM:<a@sender.example>")
      #expect(reply == "452 4.3.1 Insufficient system storage\r\n")
    }
  }

  /// The server is killed and started again, at the same port, until it has lived so often.
  private func comesAndGoes(_ first: RunningMailServer, _ stage: Stage, times: Int) async throws -> [RunningMailServer]
  {
    var lives = [first]
    while lives.count < times {
      try await Task.sleep(for: .milliseconds(700))
      lives.last?.child.kill()
      try await Task.sleep(for: .milliseconds(300))
      lives.append(try await stage.start(first.kind, port: first.port))
    }
    return lives
  }

  /// 200 a second.
  private func sessions(_ count: Int, at port: Int) async throws -> [Session] {
    try await withThrowingTaskGroup(of: Session.self) { group in
      for _ in 0..<count {
        group.addTask { try await session(at: port) }
        try await Task.sleep(for: .milliseconds(5))
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  private struct Session: Sendable {
    enum Step: Int, Comparable {
      case greeting, hello, sender, recipient, data, end
      static func < (left: Step, right: Step) -> Bool { left.rawValue < right.rawValue }
    }
    enum End: Sendable, Equatable {
      case accepted
      case refused(String)
      case broken(Step)
    }
    let token: String
    let end: End
  }

  private func session(at port: Int) async throws -> Session {
    let token = UUID().uuidString
    let steps: [(Session.Step, String, String)] = [
      (.hello, "EHLO client.example", "2"), (.sender, "MAIL FROM:<a@sender.example>", "2"),
      (.recipient, "RCPT TO:<u@rcpt.test>", "2"), (.data, "DATA", "3"),
      (.end, "Subject: \(token)\r\n\r\nHello.\r\n.", "2"),
    ]
    let client = try RawClient(port: port)
    guard try await client.reply().hasPrefix("220 ") else { return Session(token: token, end: .broken(.greeting)) }
    for (step, command, good) in steps {
      let reply = try await client.say(command)
      guard !reply.isEmpty else { return Session(token: token, end: .broken(step)) }
      guard reply.hasPrefix(good) else { return Session(token: token, end: .refused(reply)) }
    }
    return Session(token: token, end: .accepted)
  }
}
