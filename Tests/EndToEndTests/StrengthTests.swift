import Foundation
import Testing

/// Two servers of different strength behind one listener: each client hears what its own server can do, and what it then
/// sends arrives as it was, or is refused.
@Suite(.withMailServers, .inTurn, .inEveryRelayMode)
struct StrengthTests {
  /// How a client ends that does not use what it was not promised, and one whose server refuses it.
  private static let notPromised: Int32 = 3
  private static let refused: Int32 = 2

  private static let text = "Grüße aus Österreich.\n.\n..\n.two\n" + String(repeating: "ż", count: 400) + "\n"

  /// - Parameter kind: in capital letters, the client does not care what it was promised.
  @Test(arguments: [
    ("strong.example", "utf8", 0), ("strong.example", "bdat", 0), ("strong.example", "pipelining", 0),
    ("weak.example", "utf8", notPromised), ("weak.example", "bdat", notPromised),
    ("weak.example", "pipelining", notPromised), ("weak.example", "UTF8", refused), ("weak.example", "BDAT", refused),
  ])
  func arrivesAsItWasOrIsRefused(helo: String, kind: String, exitCode: Int32) async throws {
    let stage = try await Stage()
    async let startWeak = stage.start(.opensmtpd)
    async let startStrong = stage.start(.postfix)
    let (weak, strong) = try await (startWeak, startStrong)
    let port = Port.free()
    let usher = try await stage.startUsher(Self.rules(port, weak, strong), ports: [port])
    let attempt = try await stage.send(
      with: Self.client(helo, kind), .plain, to: usher.port, text: Self.text)
    try #require(attempt.exitCode == exitCode, "\(attempt)\n\(usher.child.output)")
    guard exitCode == 0 else { return }
    let message = try await strong.store.message(with: attempt.letter.token)
    #expect(message.helo == helo)
    #expect(Array(message.body.utf8) == Array(Self.text.utf8))
  }

  /// OpenSMTPD closes on two commands that come in one segment; here they are pending while it is decided where they go.
  @Test(arguments: Topology.allCases)
  func pipeliningIsFedInLockStep(topology: Topology) async throws {
    let town = try await Town.of(MailServer.opensmtpd.name)
    let attempt = try await town.stage.send(
      with: Self.client("client.example", "PIPELINING"), .plain, to: town.port(topology, .plain), text: Self.text)
    try #require(attempt.exitCode == 0, "\(attempt)\n\(town.usher(topology).child.output)")
    let message = try await town.beside.store.message(with: attempt.letter.token)
    #expect(Array(message.body.utf8) == Array(Self.text.utf8))
  }

  private static func client(_ helo: String, _ kind: String) -> MailClient {
    MailClient("strong-mail") { letter, _ in
      [
        "/usr/bin/python3", Machine.project.appending(path: "Tests/EndToEndTests/Programs/strong-mail.py").path,
        letter.address, "\(letter.port)", helo, kind, letter.message.path,
      ]
    }
  }

  private static func rules(_ port: Int, _ weak: RunningMailServer, _ strong: RunningMailServer) -> String {
    """
    listeners:
      - name: smtp
        listen: 127.0.0.1:\(port)
        dialogue: smtp
        grace: 300ms
        greeter: weak
        rules:
          - name: weak
            when: { helo: weak.example }
            to: weak
          - name: everyone else
            to: strong
    servers:
      weak: { address: "\(weak.address)", client-address: hidden }
      strong: { address: "\(strong.address)", client-address: hidden }
    """
  }
}
