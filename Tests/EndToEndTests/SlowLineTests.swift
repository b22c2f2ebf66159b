import Foundation
import Testing

/// A grace that follows the client, on a line with a long round trip that loses the ClientHello: no client that wants TLS is
/// greeted. swaks is the slowest to begin of all clients that we know.
@Suite(
  .withMailServers, .with("swaks"), .with("stunnel4"), .alone, .inEveryRelayMode,
  .enabled(if: access("/dev/net/tun", R_OK | W_OK) == 0, "a slow line needs /dev/net/tun, and the right to use it"))
struct SlowLineTests {
  private static let address = "10.251.0.1"

  @Test(arguments: [0, 100, 300], [0, 1]) func nobodyIsGreetedTooEarly(roundTrip: Int, lost: Int) async throws {
    let stage = try await Stage(separate: true)
    let server = try await stage.start(.aiosmtpd)
    let stunnel = try await stage.startStunnel(before: server.address)
    let line = try await slowLine(on: stage, roundTrip: roundTrip, lost: lost)
    let port = Port.free()
    let usher = try await usher(on: stage, port: port, tls: stunnel.address, plaintext: server.address)
    // A stranger, then one of whom it is known that it begins with TLS.
    for visit in 1...2 {
      let client = try stage.startClient("swaks", Self.swaks(port))
      #expect(try await client.ended(within: .seconds(60)) == 0, "\(client.output)")
      try await until("usher tells of visit \(visit)", or: { usher.output }) { Self.visits(usher).count == visit }
    }
    #expect(Self.visits(usher).allSatisfy { $0.contains(" verdict=tls ") }, "\(usher.output)")
    #expect(line.exitCode == nil, "\(line.output)")
  }

  private static func visits(_ usher: Child) -> [Substring] {
    usher.output.split(separator: "\n").filter { $0.contains(" connection listener=") }
  }

  private static func swaks(_ port: Int) -> [String] {
    [
      "swaks", "--server", address, "--port", "\(port)", "--tlsc", "--from", "a@sender.example", "--to", "u@rcpt.test",
      "--helo", "client.example", "--timeout", "50",
    ]
  }

  private func slowLine(on stage: Stage, roundTrip: Int, lost: Int) async throws -> Child {
    let program = Machine.project.appending(path: "Tests/EndToEndTests/Programs/delay-line.py").path
    let ends = [stage.network, stage.clientNetwork].map { $0.prefix[2] }
    let line = try Child(
      name: "delay line", ["/usr/bin/python3", program] + ends + ["\(roundTrip)", "\(lost)"],
      log: stage.subfolder("line").appending(path: "log"))
    try await until("the line is there", or: { line.output }) { line.output.contains("ready") }
    return line
  }

  private func usher(on stage: Stage, port: Int, tls: String, plaintext: String) async throws -> Child {
    let rules = try stage.file(
      "rules.yaml",
      """
      listeners:
        - name: smtp
          listen: \(Self.address):\(port)
          dialogue: smtp
          grace: { floor: 300ms, rtt: 4, max: 5s, learn: true }
          rules:
            - { name: encrypted, when: { tls: implicit }, to: tls }
            - { name: everyone, to: plaintext }
      servers:
        tls: { address: "\(tls)", tls: implicit, client-address: hidden }
        plaintext: { address: "\(plaintext)", client-address: hidden }

      """)
    let usher = try stage.start("usher", Machine.usher("run", rules.path))
    try await until("usher is ready", or: { usher.output }) { usher.output.contains("ready, version") }
    return usher
  }
}
