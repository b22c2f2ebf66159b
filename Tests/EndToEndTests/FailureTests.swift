import Foundation
import Testing

/// Servers that are down, refuse, or hang: the client hears the right words, nothing hangs, nothing is left open.
@Suite(.inTurn, .inEveryRelayMode)
struct FailureTests {
  /// What a server beside stunnel does, and what a plaintext client hears to its MAIL. The greeter is another server.
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let reply: String
    let server: (@Sendable (String) -> HandMadeServer.Answer)?
    var testDescription: String { name }
  }

  static let rows: [Row] = [
    Row(name: "is down", reply: "421 4.3.2 ", server: nil),
    Row(name: "greets with 421", reply: "421 ") { $0 == "" ? .say("421 4.3.2 busy") : .hang },
    // A 5yz greeting is about the server; the mail is not lost for it.
    Row(name: "greets with 554", reply: "421 4.3.2 ") { $0 == "" ? .say("554 5.3.2 no mail here") : .hang },
    Row(name: "greets with what is no reply", reply: "421 4.3.2 ") { $0 == "" ? .say("SSH-2.0-x") : .hang },
    Row(name: "closes at once", reply: "421 4.3.2 ") { _ in .leave },
    Row(name: "hangs before its greeting", reply: "421 4.") { _ in .hang },
    Row(name: "refuses EHLO with 550", reply: "550 5.7.1 ") { line in
      line == "" ? .say("220 hand.made") : line.hasPrefix("QUIT") ? .leave : .say("550 5.7.1 not you")
    },
    Row(name: "refuses EHLO with 421", reply: "421 ") { line in
      line == "" ? .say("220 hand.made") : .say("421 4.3.2 not now")
    },
    Row(name: "hangs at EHLO", reply: "421 4.") { $0 == "" ? .say("220 hand.made") : .hang },
    Row(name: "closes at EHLO", reply: "421 4.3.2 ") { $0 == "" ? .say("220 hand.made") : .leave },
  ]

  @Test(arguments: rows)
  func pendingCommandIsAnswered(row: Row) async throws {
    let scene = try await Scene(beside: row.server)
    let client = try RawClient(port: scene.usher.port)
    #expect(try await client.reply().hasPrefix("220 "))
    #expect(try await client.say("EHLO client.example").hasPrefix("250"))
    let reply = try await client.say("MAIL FROM:<a@sender.example>")
    #expect(reply.hasPrefix(row.reply), "\(reply)\(scene.usher.child.output)")
    try await scene.ends(client)
  }

  @Test func otherClientsGoOnWhenTheTLSServerIsDown() async throws {
    let scene = try await Scene(stunnel: nil, beside: Scene.politely)
    let client = try RawClient(port: scene.usher.port)
    // Its own greeting: plaintext mail does not wait for a TLS server.
    #expect(try await client.reply().hasPrefix("220 "))
    let hello = try await client.say("EHLO client.example")
    if hello.contains("STARTTLS") { #expect(try await client.say("STARTTLS").hasPrefix("454 4.7.0 ")) }
    #expect(try await client.say("MAIL FROM:<a@sender.example>").hasPrefix("250"))
    #expect(scene.besideServer?.text.contains("EHLO client.example\r\nMAIL FROM:<a@sender.example>\r\n") == true)
    try await scene.ends(client)
  }

  @Test func clientThatBeginsWithTLSHearsAnAlertWhenTheTLSServerIsDown() async throws {
    let scene = try await Scene(stunnel: nil, beside: Scene.politely)
    let client = try RawClient(port: scene.usher.port)
    try await client.send(Bytes.clientHello)
    let answer = try await client.rest()
    #expect(Array(answer.unicodeScalars.prefix(2).map(\.value)) == [21, 3])
    #expect(scene.saidToBeside == "")
    try await scene.ends(client)
  }

  @Test func stunnelThatDiesIsAnswered454() async throws {
    let stage = try await Stage()
    let stunnelServer = try HandMadeServer(answer: Scene.politely)
    let stunnel = try await stage.startStunnel(before: stunnelServer.address)
    let scene = try await Scene(on: stage, stunnelPort: stunnel.port, beside: Scene.politely)
    let client = try RawClient(port: scene.usher.port)
    #expect(try await client.reply().hasPrefix("220 "))
    #expect(try await client.say("EHLO client.example").contains("STARTTLS"))
    stunnel.child.kill()
    #expect(try await client.say("STARTTLS").hasPrefix("454 4.7.0 "))
    #expect(try await client.say("MAIL FROM:<a@sender.example>").hasPrefix("250"))
    try await scene.ends(client)
  }
}
