import Foundation
import Testing

/// A grace that follows the client, on a line with a long round trip that loses the ClientHello: no client that wants TLS is
/// greeted. The clients in Perl, swaks and Net::SMTP, are the slowest to begin of all that we know.
@Suite(
  .withMailServers, .with("swaks"), .with("perl"), .with("stunnel4"), .alone, .inEveryRelayMode,
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
    // Two strangers, for what is learned of one comes when it has gone; then those of whom it is known that they begin with TLS.
    for visit in 1...2 {
      async let swaks = stage.send(with: .swaks, .implicit, at: Self.address, to: port)
      async let netSMTP = stage.send(with: .netSMTP, .implicit, at: Self.address, to: port)
      for attempt in try await [swaks, netSMTP] { #expect(attempt.exitCode == 0, "\(attempt)") }
      try await until("usher tells of visit \(visit)", or: { usher.output }) { Self.visits(usher).count == 2 * visit }
    }
    #expect(Self.visits(usher).allSatisfy { $0.contains(" verdict=tls ") }, "\(usher.output)")
    #expect(line.exitCode == nil, "\(line.output)")
  }

  private static func visits(_ usher: Child) -> [Substring] {
    usher.output.split(separator: "\n").filter { $0.contains(" connection listener=") }
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
