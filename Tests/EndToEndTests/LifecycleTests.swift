import Foundation
import Testing

/// Signals: a new rules file, and the end.
@Suite(.inTurn, .inEveryRelayMode)
struct LifecycleTests {
  @Test func newRulesAreForNewClients() async throws {
    let scene = try await Scene(beside: Scene.politely)
    let running = try await relayed(scene)
    let other = try HandMadeServer { $0 == "" ? .say("220 other") : Scene.politely($0) }
    let rules = try String(contentsOf: scene.usher.rules, encoding: .utf8)
    let changed = rules.replacing(scene.besideServer!.address, with: other.address)
    try Data(changed.utf8).write(to: scene.usher.rules)
    scene.usher.child.signal(SIGHUP)
    try await until("new clients get the new server", or: { scene.usher.child.output }) {
      let client = try await relayed(scene)
      _ = try await client.say("NOOP")
      return other.text.contains("MAIL FROM:<a@sender.example>")
    }
    #expect(try await running.say("RCPT TO:<u@rcpt.test>").hasPrefix("250"))
    #expect(!other.text.contains("RCPT"))
  }

  @Test func badRulesChangeNothing() async throws {
    let scene = try await Scene(beside: Scene.politely)
    let rules = try String(contentsOf: scene.usher.rules, encoding: .utf8)
    try Data(rules.replacing("grace:", with: "grase:").utf8).write(to: scene.usher.rules)
    scene.usher.child.signal(SIGHUP)
    try await until("it says why", or: { scene.usher.child.output }) { scene.usher.child.output.contains("grase") }
    #expect(scene.usher.child.output.contains("grace"), "the nearest name")
    let client = try await relayed(scene)
    #expect(try await client.say("RCPT TO:<u@rcpt.test>").hasPrefix("250"))
    try await scene.ends(client)
  }

  @Test func endWaitsForClients() async throws {
    let scene = try await Scene(beside: Scene.politely, drain: "5m")
    let client = try await relayed(scene)
    scene.usher.child.signal(SIGTERM)
    try await until("the door is closed") { !scene.usher.child.sees(listenerOn: scene.usher.port) }
    #expect(try await client.say("RCPT TO:<u@rcpt.test>").hasPrefix("250"))
    client.close()
    #expect(try await scene.usher.child.ended(within: .seconds(20)) == 0)
  }

  @Test func clientWithoutAServerIsToldToComeAgain() async throws {
    let scene = try await Scene(beside: Scene.politely, drain: "5m")
    let client = try RawClient(port: scene.usher.port)
    _ = try await client.reply()
    scene.usher.child.signal(SIGTERM)
    #expect(try await client.rest().hasPrefix("421 4.3.2 "))
    #expect(try await scene.usher.child.ended(within: .seconds(20)) == 0)
  }

  @Test func endDoesNotWaitForEver() async throws {
    let scene = try await Scene(beside: Scene.politely, drain: "2s")
    let client = try await relayed(scene)
    scene.usher.child.signal(SIGTERM)
    #expect(try await scene.usher.child.ended(within: .seconds(20)) == 0)
    #expect(try await client.rest() == "")
  }

  @Test func secondSignalEndsAtOnce() async throws {
    let scene = try await Scene(beside: Scene.politely, drain: "5m")
    let client = try await relayed(scene)
    scene.usher.child.signal(SIGTERM)
    try await until("the door is closed") { !scene.usher.child.sees(listenerOn: scene.usher.port) }
    #expect(scene.usher.child.exitCode == nil)
    scene.usher.child.signal(SIGTERM)
    try await scene.usher.child.ended(within: .seconds(30))
    #expect(try await client.rest() == "")
  }

  /// A client whose session runs at the server beside stunnel.
  private func relayed(_ scene: Scene) async throws -> RawClient {
    let client = try RawClient(port: scene.usher.port)
    _ = try await client.reply()
    _ = try await client.say("EHLO client.example")
    #expect(try await client.say("MAIL FROM:<a@sender.example>").hasPrefix("250"))
    return client
  }
}
