import TLS
import Testing

/// What real clients make of it.
@Suite struct ClientTests {
  @Test(arguments: [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
  func speaksTheVersions(option: String, version: String) throws {
    let server = try EchoServer(ServerContext(.valid("mail.example")), once: true)
    let client = try run(
      ["openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", option, "-ign_eof"], input: Array("hello\n".utf8))
    #expect(client.output.contains("New, \(version), Cipher is"))
    #expect(client.output.contains("hello"))
    let outcome = server.outcome()
    #expect(outcome.handshake == .done(0))
    #expect(outcome.received == Array("hello\n".utf8))
  }
}
