import Foundation
import Testing

/// A server that is killed while usher speaks for its client: aiosmtpd takes one command at a time, so that a client that sends
/// several is mediated.
@Suite(.withMailServers, .inTurn, .inEveryRelayMode)
struct KilledServerTests {
  @Test func clientThatWaitsForAReplyIsTold() async throws {
    let scene = try await KilledServer()
    scene.server.child.signal(SIGSTOP)
    try await scene.client.send("MAIL FROM:<a@sender.example>\r\nRCPT TO:<b@rcpt.test>\r\n")
    scene.server.child.kill()
    try await scene.ends()
  }

  @Test(arguments: [1000, 4_000_000]) func clientInItsContentIsToldAtTheEnd(size: Int) async throws {
    let scene = try await KilledServer()
    try await scene.client.send("MAIL FROM:<a@sender.example>\r\nRCPT TO:<b@rcpt.test>\r\nDATA\r\n")
    let replies = try await scene.client.receive("354") { $0.contains("354 ") && $0.hasSuffix("\r\n") }
    #expect(replies.split(separator: "\r\n").map { $0.prefix(3) } == ["250", "250", "354"])
    try await scene.client.send("Subject: lost\r\n\r\n")
    scene.server.child.kill()
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 78) + [13, 10]
    let content = (0..<size / line.count).flatMap { _ in line } + Array(".\r\n".utf8)
    #expect(try await scene.client.send(content) == content.count)
    try await scene.ends()
  }
}

/// aiosmtpd behind usher, and a client that has introduced itself.
private struct KilledServer {
  private let stage: Stage
  private let usher: RunningUsher
  let server: RunningMailServer
  let client: RawClient

  init() async throws {
    stage = try await Stage()
    server = try await stage.start(.aiosmtpd)
    usher = try await stage.startUsher(before: [server.address])
    client = try RawClient(port: usher.port)
    #expect(try await client.reply().hasPrefix("220 "))
    let hello = try await client.say("EHLO client.example")
    #expect(hello.hasPrefix("250") && !hello.contains("PIPELINING"), "\(hello)")
  }

  /// The client hears that, and nothing else.
  func ends() async throws {
    let words = try await client.rest()
    #expect(words.hasPrefix("421 4.3.0 ") && words.split(separator: "\r\n").count == 1, "\(words)\(usher.child.output)")
    let report = try await usher.report("the loss")
    #expect(report["end"] == "server-refused", "\(report)")
  }
}
