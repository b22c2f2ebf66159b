import Dialogues
import Kernel
import TLS
import Wire

/// One of the three kinds of mail clients, built in, for a demonstration that nobody watches.
enum DemoClient: String, Sendable, Hashable, CaseIterable {
  case plaintext, startTLS, implicit

  /// As the sinks call it.
  var way: String {
    switch self {
    case .plaintext: "plaintext"
    case .startTLS: "STARTTLS"
    case .implicit: "TLS at once"
    }
  }

  /// What it would be called at a prompt.
  var hello: String { "\(rawValue.lowercased()).client.example" }

  /// Sends a letter, in the words of RFC 5321 and as slowly: each command waits for its reply.
  func send(to endpoint: Endpoint) throws(TalkError) {
    // Made before the connection: it reads all certificates that this machine trusts, which takes longer than a handshake.
    let context = try DemoClient.context()
    let talk = try Talk(to: endpoint, from: nil, deadline: .now + .seconds(10))
    if self == .implicit { _ = try talk.secure(context, asking: "mail.demo.example") }
    try expect(220, talk.reply())
    try expect(250, talk.ask("EHLO \(hello)"))
    if self == .startTLS {
      try expect(220, talk.ask("STARTTLS"))
      _ = try talk.secure(context, asking: "mail.demo.example")
      try expect(250, talk.ask("EHLO \(hello)"))
    }
    try expect(250, talk.ask("MAIL FROM:<\(rawValue.lowercased())@client.example>"))
    try expect(250, talk.ask("RCPT TO:<you@server.example>"))
    try expect(354, talk.ask("DATA"))
    try expect(250, talk.ask("Subject: \(way)\r\n\r\nHello.\r\n."))
    try expect(221, talk.ask("QUIT"))
  }

  private static func context() throws(TalkError) -> ClientContext {
    do throws(TLSError) { return try ClientContext() } catch { throw .insecure(error.reason) }
  }

  private func expect(_ code: Int, _ reply: Reply) throws(TalkError) {
    if reply.code != code { throw .broken("a reply of \(reply.code), where \(code) was expected") }
  }
}
