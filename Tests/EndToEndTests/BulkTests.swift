import Foundation
import Testing

/// A message of two megabytes arrives as it was, whichever way its bytes are moved; and they are moved the way that was
/// asked for, without which no other scenario would show anything.
@Suite(.inTurn, .inRelayModes(.automatic, .copying, .splicing))
struct BulkTests {
  private static let text = (0..<30_000).map {
    "\($0): the quick brown fox jumps over the lazy dog, and over the rest\n"
  }
  .joined()

  @Test(arguments: Topology.allCases, Way.allCases)
  func arrivesAsItWas(topology: Topology, way: Way) async throws {
    let stage = try await Stage()
    let server = try await stage.start(.aiosmtpd, extra: "--limit 4000000")
    let stunnel = try await stage.startStunnel(before: server.address)
    let port = Port.free()
    let rules = Rules.mail(
      topology, listen: "127.0.0.1:\(port)", stunnel: stunnel.address, beside: server.address, introduction: .hidden,
      certificate: try await Certificate.shared.value)
    let usher = try await stage.startUsher(rules, ports: [port])
    let before = try await usher.settledDescriptors()
    #expect(before.pipes.isEmpty)

    let attempt = try await stage.send(with: .curl, way, to: port, text: Self.text)
    #expect(attempt.exitCode == 0, "\(attempt)\n\(usher.child.output)")
    let message = try await server.store.message(with: attempt.letter.token)
    #expect(message.text.hasSuffix("\r\n\r\n" + Self.text.replacing("\n", with: "\r\n")))
    try await usher.isBackTo(before)
    // Those that were used are kept. TLS that usher ends itself is never spliced.
    if RelayMode.current == .splicing, topology != .terminate || way == .plain {
      #expect(!usher.child.descriptors.pipes.isEmpty)
    }
  }
}
