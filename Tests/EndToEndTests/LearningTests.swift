import Foundation
import Testing

/// What a grace learns of clients is of use: after a reload, after a restart, for the neighbours of an IPv6 client, and for a client
/// that was greeted too early. Who is known to be silent is told from a stranger by this, that a stranger would give up.
@Suite(.withMailServers, .with("swaks"), .with("curl"), .inTurn)
struct LearningTests {
  private static let patient = "{ floor: 0ms, max: 10m, learn: true }"
  private static let quick = "{ floor: 0ms, max: 100ms, learn: true }"

  @Test func whatWasLearnedSurvivesReloadAndRestart() async throws {
    let stage = try await Stage()
    let (port, state) = (Port.free(), stage.folder.appending(path: "state"))
    let server = try await stage.start(.aiosmtpd)
    defer { withExtendedLifetime(server) {} }
    let rules = { Self.rules(listen: "127.0.0.1:\(port)", server: server.address, grace: $0, state: state) }
    let usher = try await stage.startUsher(rules(Self.quick), ports: [port])
    try await sendsMail(stage, port)
    let greeted = try RawClient(port: port, source: "127.0.0.6")
    try await beginsTooLate(greeted)
    _ = try await usher.report("a late hello") { $0["end"] == "late-hello" }

    try await reload(usher, rules(Self.patient))
    try await sendsMail(stage, port)
    usher.child.signal(SIGTERM)
    try await usher.child.ended(within: .seconds(30))
    let memory = try String(contentsOf: state, encoding: .utf8)
    #expect(
      memory.contains(/(?m)^127\.0\.0\.5 silent \d+$/) && memory.contains(/(?m)^127\.0\.0\.6 late \d+$/), "\(memory)")
    try await countsWhoWasTooLate(stage, usher)

    let next = try await stage.startUsher(rules(Self.patient), ports: [port])
    try await sendsMail(stage, port)
    // A stranger here is waited for 200 ms; who was greeted too early, for the maximum.
    try await reload(next, rules("{ floor: 0ms, rtt: 1, max: 2s, learn: true }"))
    let waited = try RawClient(port: port, source: "127.0.0.6")
    try await leaves(waited)
    let report = try await next.report("who was late") { $0["client"]?.hasPrefix("127.0.0.6:") == true }
    #expect(Double(report["grace-ms"] ?? "") ?? 0 >= 2000, "\(report)")
  }

  @Test func neighboursInAnIPv6PrefixAreOneClient() async throws {
    let stage = try await Stage(separate: true)
    let (address, neighbour, third) = ("fd00:250:0:1::a", "fd00:250:0:1::b", "fd00:250:0:2::a")
    try await give("fd00:250::1", to: stage.network, "inner", stage)
    for client in [address, neighbour, third] { try await give(client, to: stage.clientNetwork, "outer", stage) }
    let (port, state) = (Port.free(), stage.folder.appending(path: "state"))
    let server = try await stage.start(.aiosmtpd)
    defer { withExtendedLifetime(server) {} }
    let rules = { Self.rules(listen: "[fd00:250::1]:\(port)", server: server.address, grace: $0, state: state) }
    let usher = try await stage.startUsher(rules(Self.quick), ports: [port])
    for client in [address, third] { try await sendsMail(stage, port, fromIPv6: client) }
    try await reload(usher, rules(Self.patient))
    try await sendsMail(stage, port, fromIPv6: neighbour)
    usher.child.signal(SIGTERM)
    try await usher.child.ended(within: .seconds(30))
    let memory = try String(contentsOf: state, encoding: .utf8).split(separator: "\n").dropFirst(2)
    #expect(
      memory.map { $0.split(separator: " ").dropLast().joined(separator: " ") }.sorted()
        == ["fd00:250:0:1:: silent", "fd00:250:0:2:: silent"])
  }

  /// `usher grace` finds the late one in the log of a real run.
  private func countsWhoWasTooLate(_ stage: Stage, _ usher: RunningUsher) async throws {
    let review = try stage.start("grace", [Machine.usher.path, "grace", usher.child.log.path])
    #expect(try await review.ended(within: .seconds(60)) == 0)
    #expect(review.output.contains("smtp: 3 connections"), "\(review.output)")
    #expect(review.output.contains("1 of them was greeted too early."), "\(review.output)")
  }

  // MARK: Clients

  private func sendsMail(_ stage: Stage, _ port: Int) async throws {
    let client = try stage.startClient(
      "swaks",
      [
        "swaks", "--server", "127.0.0.1", "--port", "\(port)", "--local-interface", "127.0.0.5", "--from",
        "a@sender.example",
        "--to", "u@rcpt.test", "--helo", "client.example", "--timeout", "20",
      ])
    #expect(try await client.ended(within: .seconds(90)) == 0, "\(client.output)")
  }

  private func sendsMail(_ stage: Stage, _ port: Int, fromIPv6 source: String) async throws {
    let message = try stage.file("message", "Subject: hello\r\n\r\nHello.\r\n")
    let client = try stage.startClient(
      "curl",
      [
        "curl", "-sSv", "--interface", source, "--max-time", "60", "--url",
        "smtp://[fd00:250::1]:\(port)/client.example",
        "--mail-from", "a@sender.example", "--mail-rcpt", "u@rcpt.test", "-T", message.path,
      ])
    #expect(try await client.ended(within: .seconds(90)) == 0, "\(client.output)")
  }

  /// No real client can be made to begin with TLS after it was greeted.
  private func beginsTooLate(_ client: RawClient) async throws {
    #expect(try await client.reply().hasPrefix("220 "))
    try await client.send(Bytes.clientHello)
    _ = try await client.rest()
  }

  private func leaves(_ client: RawClient) async throws {
    #expect(try await client.reply().hasPrefix("220 "))
    #expect(try await client.say("QUIT").hasPrefix("221 "))
    client.close()
  }

  // MARK: usher

  private static func rules(listen: String, server: String, grace: String, state: URL) -> String {
    """
    listeners:
      - name: smtp
        listen: "\(listen)"
        dialogue: smtp
        grace: \(grace)
        rules:
          - { name: encrypted, when: { tls: implicit }, to: tls }
          - { name: everyone, to: plaintext }
    servers:
      tls: { address: "127.0.0.1:1", tls: implicit, client-address: hidden }
      plaintext: { address: "\(server)", client-address: hidden }
    settings: { state: \(state.path) }

    """
  }

  private func reload(_ usher: RunningUsher, _ rules: String) async throws {
    try Data(rules.utf8).write(to: usher.rules)
    usher.child.signal(SIGHUP)
    try await until("the new rules count", or: { usher.child.output }) { usher.child.output.contains("are in force") }
  }

  private func give(_ address: String, to network: Network, _ cable: String, _ stage: Stage) async throws {
    try await run(
      network.prefix + ["ip", "-6", "address", "add", "\(address)/32", "dev", cable, "nodad"], stage.folder)
  }
}
