import Foundation
import Testing

/// Clients that leave, flood, inject or lie: nothing reaches a server that should not, and nothing is left open.
@Suite(.inTurn, .inEveryRelayMode)
struct HostileTests {
  /// How far a client comes before it leaves.
  enum Step: String, Sendable, CaseIterable {
    case connected, halfAHello, greeted, saidEHLO, answered, saidMAIL, relayed, saidSTARTTLS
  }

  @Test(arguments: Step.allCases, [true, false])
  func clientMayLeaveAnywhere(step: Step, byReset: Bool) async throws {
    let scene = try await Scene(beside: Scene.politely)
    let client = try RawClient(port: scene.usher.port)
    try await go(client, as: step)
    if byReset { client.reset() } else { client.close() }
    try await scene.ended()
    _ = try await scene.usher.report("the end of it")
  }

  private func go(_ client: RawClient, as far: Step) async throws {
    switch far {
    case .connected: return
    case .halfAHello: try await client.send(Array(Bytes.clientHello.prefix(40)))
    default:
      _ = try await client.reply()
      guard far != .greeted else { return }
      try await client.send("EHLO client.example\r\n")
      guard far != .saidEHLO else { return }
      _ = try await client.reply()
      if far == .saidMAIL { return try await client.send("MAIL FROM:<a@sender.example>\r\n") }
      if far == .saidSTARTTLS { return try await client.send("STARTTLS\r\n") }
      if far == .relayed { _ = try await client.say("MAIL FROM:<a@sender.example>") }
    }
  }

  @Test func lineWithoutEndIsRefused() async throws {
    let scene = try await Scene(beside: Scene.politely)
    let client = try RawClient(port: scene.usher.port)
    _ = try await client.reply()
    let flood = [UInt8](repeating: UInt8(ascii: "x"), count: 2_000_000)
    try await client.send(flood)
    let answer = try await client.rest()
    #expect(answer.isEmpty || answer.hasPrefix("500 5."), "\(answer)")
    #expect(scene.saidToBeside == "")
    try await scene.ends(client)
  }

  @Test(arguments: ["MAIL FROM:<evil@sender.example>\r\n", "EHLO injected\r\n", "\u{16}\u{3}\u{1}"])
  func nothingBehindSTARTTLSIsPassedOn(injected: String) async throws {
    let scene = try await Scene(beside: Scene.politely)
    let client = try RawClient(port: scene.usher.port)
    _ = try await client.reply()
    _ = try await client.say("EHLO client.example")
    try await client.send("STARTTLS\r\n" + injected)
    let answer = try await client.rest()
    #expect(!answer.hasPrefix("220"), "\(answer)")
    try await scene.ends(client)
    for server in [scene.greeter, scene.besideServer] {
      #expect(server?.text.contains("evil") == false)
      #expect(server?.text.contains("injected") == false)
      #expect(server?.text.contains("\u{16}") == false)
    }
  }

  @Test func lateHelloReachesNoPlaintextServer() async throws {
    let scene = try await Scene(beside: Scene.politely)
    let client = try RawClient(port: scene.usher.port)
    _ = try await client.reply()
    try await client.send(Bytes.clientHello)
    let answer = try await client.rest()
    #expect(Array(answer.unicodeScalars.prefix(2).map(\.value)) == [21, 3], "a TLS alert, not \(answer)")
    #expect(scene.saidToBeside == "")
    #expect(scene.greeter?.text.contains("\u{16}") == false)
    let report = try await scene.usher.report("a late hello")
    #expect("\(report)".contains("late"), "\(report)")
    try await scene.ends(client)
  }

  @Test func incompleteHelloIsNotPlaintext() async throws {
    let scene = try await Scene(beside: Scene.politely)
    let client = try RawClient(port: scene.usher.port)
    try await client.send(Array(Bytes.clientHello.prefix(40)))
    let answer = try await client.rest()
    #expect(!answer.contains("220"), "\(answer)")
    #expect(scene.saidToBeside == "")
    #expect(scene.greeter?.text.contains("\u{16}") == false)
    let report = try await scene.usher.report("incomplete TLS")
    #expect("\(report)".contains("incomplete"), "\(report)")
    try await scene.ends(client)
  }
}
