import Foundation
import Testing

/// A mail server that is not told who its clients are takes all of them for its own machine, and relays for them. Told in
/// any of the ways that usher knows, it refuses strangers what it refuses them without usher, also through stunnel.
@Suite(.withMailServers, .with("swaks"), .inTurn, .inEveryRelayMode)
struct OpenRelayTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let server: MailServer
    let introduction: MailServer.Introduction
    var testDescription: String { "\(introduction.rawValue) to \(server.name)" }
    var isOpen: Bool { introduction == .hidden }
  }

  private static let servers: [MailServer] = [.postfix, .exim, .opensmtpd, .sendmail]
  private static let rows = servers.flatMap { server in
    (server.introductions.sorted { $0.rawValue < $1.rawValue } + [.transparent, .hidden]).map {
      Row(server: server, introduction: $0)
    }
  }

  @Test(arguments: rows) func strangersAreRefused(row: Row) async throws {
    let stage = try await Stage(separate: true)
    let server = try await stage.start(row.server, introduction: row.introduction, address: "127.0.0.1")
    if row.introduction == .transparent { try await stage.keepsAnswers() }
    let port = Port.free()
    let rules = Rules.mail(
      .terminate, listen: "\(stage.network.address):\(port)", stunnel: "", beside: server.address,
      introduction: row.introduction, certificate: try await Certificate.shared.value)
    let usher = try await stage.startUsher(rules, ports: [port])
    for way in Way.allCases {
      let foreign = try await stage.asks(way, for: "u@foreign.example", at: usher)
      #expect(
        foreign.exitCode == (row.isOpen ? 0 : ExitCode.recipientRefused), "\(way) \(foreign)\n\(usher.child.output)")
      let own = try await stage.asks(way, for: "u@rcpt.test", at: usher)
      #expect(own.exitCode == 0, "\(way) \(own)\n\(usher.child.output)")
    }
  }

  /// `transparent` and stunnel's `transparent = source`, with the routing of `usher-transparent up`.
  @Test(arguments: servers, [Way.startTLS, .implicit])
  func addressComesThroughStunnel(kind: MailServer, way: Way) async throws {
    let stage = try await Stage(separate: true)
    try await stage.keepsAnswers()
    try await stage.addressComesThroughStunnel(
      to: stage.start(kind, address: "127.0.0.1"), way, at: stage.network.address, from: stage.clientNetwork.address)
  }

  @Test(arguments: [Way.startTLS, .implicit]) func addressComesThroughStunnelInIPv6(way: Way) async throws {
    let stage = try await Stage(separate: true)
    try await stage.keepsAnswers()
    for (network, address, cable) in [
      (stage.network, "fd00:250::1", "inner"), (stage.clientNetwork, "fd00:250::2", "outer"),
    ] {
      let add = ["ip", "-6", "address", "add", "\(address)/64", "dev", cable, "nodad"]
      try await run(network.prefix + add, stage.folder)
    }
    try await stage.addressComesThroughStunnel(
      to: stage.start(.aiosmtpd, address: "::1"), way, at: "fd00:250::1", from: "fd00:250::2")
  }

  /// It takes away what it has put there, and nothing else; twice is once.
  @Test func routingIsTakenAway() async throws {
    let stage = try await Stage(separate: true)
    // IPv6's other routes come and go with its addresses.
    let listing = [
      "sh", "-c",
      "ip -4 rule; ip -6 rule; ip -4 route show table all; ip -6 route show table 123 2>/dev/null || true",
    ]
    func shown() async throws -> String {
      let child = try stage.start("ip", listing)
      #expect(try await child.ended(within: .seconds(30)) == 0)
      return child.output
    }
    try await run(stage.network.prefix + ["ip", "rule", "add", "from", "198.51.100.1", "lookup", "99"], stage.folder)
    let before = try await shown()
    try await stage.keepsAnswers()
    let between = try await shown()
    #expect(between != before)
    try await stage.keepsAnswers()
    #expect(try await shown() == between)
    try await stage.routing(["up", "192.0.2.5:2525", "[2001:db8::5]:2525"])
    try await stage.routing(["down"])
    #expect(try await shown() == before)
    try await stage.routing(["down"])
    #expect(try await shown() == before)
  }
}

private enum ExitCode {
  /// swaks', when no recipient was taken.
  static let recipientRefused: Int32 = 24
  /// curl's.
  static let sendError: Int32 = 55
}

extension Stage {
  /// The routing for `transparent` on loopback, as it is documented.
  fileprivate func keepsAnswers() async throws { try await routing(["up"]) }

  fileprivate func routing(_ words: [String]) async throws {
    let script = Machine.project.appending(path: "packaging/usher-transparent").path
    try await run(network.prefix + [script] + words, folder)
  }

  /// Whether a recipient would be taken; no message is sent.
  fileprivate func asks(_ way: Way, for recipient: String, at usher: RunningUsher) async throws -> Attempt {
    let client = MailClient("swaks") { letter, way in
      MailClient.swaks.command(letter, way) + ["--quit-after", "RCPT"]
    }
    return try await send(with: client, way, to: usher.port, to: recipient)
  }

  /// usher before stunnel before that server: its messages come with their client's address, and what is not for it is
  /// refused.
  fileprivate func addressComesThroughStunnel(
    to server: RunningMailServer, _ way: Way, at address: String, from client: String
  ) async throws {
    let loopback = server.site.address
    let stunnel = try await startStunnel(
      before: "\(loopback):\(server.port)", extra: "transparent = source", address: loopback)
    let port = Port.free()
    let host = address.contains(":") ? "[\(address)]" : address
    let usher = try await startUsher(Self.rules("\(host):\(port)", stunnel), ports: [port])
    let curl = MailClient("curl") { letter, way in
      let letter = Letter(
        sender: letter.sender, recipient: letter.recipient, helo: letter.helo, address: host, port: letter.port,
        token: letter.token, message: letter.message, certificate: letter.certificate)
      return MailClient.curl.command(letter, way)
    }
    let attempt = try await send(with: curl, way, to: port)
    try #require(attempt.exitCode == 0, "\(attempt)\n\(usher.child.output)\n\(stunnel.child.output)")
    let message = try await server.store.message(with: attempt.letter.token)
    #expect(message.clientAddress == client)
    // aiosmtpd takes whatever it is given.
    guard server.kind.image != nil else { return }
    let foreign = try await send(with: curl, way, to: port, to: "u@foreign.example")
    #expect(foreign.exitCode == ExitCode.sendError, "\(foreign)")
  }

  private static func rules(_ door: String, _ stunnel: RunningStunnel) -> String {
    """
    listeners:
      - name: smtp
        listen: "\(door)"
        dialogue: smtp
        grace: 2s
        rules:
          - name: everyone
            to: stunnel
    servers:
      stunnel:
        address: "\(stunnel.address)"
        tls: [implicit, starttls]
        client-address: transparent
    """
  }
}
