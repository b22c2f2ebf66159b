import Foundation
import Testing

@testable import TLS

/// What real clients make of it.
@Suite struct ClientTests {
  private func connect(_ server: EchoServer, _ options: String...) throws -> String {
    try run(
      ["timeout", "20", "openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", "-ign_eof"] + options,
      input: Array("hello\n".utf8)
    ).output
  }

  @Test(arguments: [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")], [0, 10, 4096])
  func speaksTheVersions(version: (option: String, name: String), peeked: Int) throws {
    let server = try EchoServer(ServerContext(.valid("mail.example")), peeked: peeked, once: true)
    let output = try connect(server, version.option)
    #expect(output.contains("New, \(version.name), Cipher is"))
    #expect(output.contains("\nhello\n"))
    let outcome = server.outcome()
    #expect(outcome.handshake == .done(0))
    #expect(outcome.received == Array("hello\n".utf8))
    #expect(outcome.end == .ended)
    #expect(outcome.isSealedByKernel == KernelTLS.isAvailable)
  }

  @Test(arguments: [
    (["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"], "the peer knows no version that is allowed: TLS 1.2 or 1.3"),
    (["-tls1_2", "-cipher", "AES128-SHA"], "no cipher suite in common with the peer"),
    (["-tls1_3", "-groups", "P-521"], "no key exchange group in common with the peer"),
    (["-verify_return_error", "-verify", "1"], "the peer refuses the certificate: unknown CA"),
  ])
  func namesWhyNot(options: [String], reason: String) throws {
    let server = try EchoServer(ServerContext(.valid("mail.example")))
    try run(["timeout", "20", "openssl", "s_client", "-connect", "127.0.0.1:\(server.port)"] + options)
    let outcome = server.outcome()
    // In TLS 1.3 a server is done before a client has judged its certificate.
    #expect([outcome.handshake, outcome.end].contains(.failed(TLSError(reason: reason))))
  }

  @Test(arguments: [
    ("one.example", "one.example"), ("ONE.example.", "one.example"), ("a.two.example", "*.two.example"),
    ("two.example", "one.example"), ("a.b.two.example", "one.example"), ("three.example", "one.example"),
    ("exact.two.example", "exact.two.example"),
  ])
  func choosesByName(asked: String, shown: String) throws {
    let folder = try Folder()
    let server = try EchoServer(
      ServerContext([
        folder.write(.valid("one.example"), as: "one"), folder.write(.valid("*.two.example"), as: "two"),
        folder.write(.valid("exact.two.example"), as: "exact"),
      ]), once: true)
    let output = try connect(server, "-servername", asked)
    #expect(output.contains("subject=CN = \(shown)\n"))
  }

  @Test(arguments: [("ecdsa_secp256r1_sha256", "id-ecPublicKey"), ("rsa_pss_rsae_sha256", "rsaEncryption")])
  func choosesByKey(algorithm: String, key: String) throws {
    let folder = try Folder()
    let rsa = ServerContext.Files(chain: folder.path + "/rsa.pem", key: folder.path + "/rsa.key")
    try run([
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mail.example", "-keyout", rsa.key,
      "-out", rsa.chain,
    ])
    let server = try EchoServer(
      ServerContext([folder.write(.valid("mail.example"), as: "ec"), rsa]), once: true)
    #expect(try connect(server, "-sigalgs", algorithm).contains("PKEY: \(key),"))
  }

  @Test(arguments: [["-tls1_3"], ["-tls1_2"], ["-tls1_2", "-no_ticket"]])
  func resumesAlsoAfterAReload(options: [String]) throws {
    let folder = try Folder()
    let certificate = try ThrowAwayCertificate.valid("mail.example")
    let context = try ServerContext(certificate)
    let command = ["timeout", "20", "openssl", "s_client", "-ign_eof"] + options
    let session = folder.path + "/session"
    let first = try EchoServer(context, once: true)
    try run(command + ["-connect", "127.0.0.1:\(first.port)", "-sess_out", session], input: [10])

    // The cache is the context's own; tickets are for all of them.
    let reloaded = options.contains("-no_ticket") ? context : try ServerContext(certificate)
    let second = try EchoServer(reloaded, once: true)
    let output = try run(command + ["-connect", "127.0.0.1:\(second.port)", "-sess_in", session], input: [10]).output
    #expect(output.contains("\nReused, TLSv1."))
    #expect(reloaded.resumptions == 1)
  }

  @Test func curlIsServed() throws {
    let folder = try Folder()
    let certificate = try ThrowAwayCertificate.valid("localhost")
    let files = try folder.write(certificate, as: "ca")
    let server = try EchoServer(ServerContext(certificate), once: true)
    let result = try run([
      "curl", "-s", "-m", "20", "--http0.9", "--cacert", files.chain, "https://localhost:\(server.port)/a/path",
    ])
    #expect(result.output.hasPrefix("GET /a/path HTTP/1.1\r\n"))
    #expect(result.status == 0)
  }

  @Test func gnutlsIsServed() throws {
    let folder = try Folder()
    let certificate = try ThrowAwayCertificate.valid("localhost")
    let files = try folder.write(certificate, as: "ca")
    let server = try EchoServer(ServerContext(certificate), once: true)
    let result = try run(
      ["timeout", "20", "gnutls-cli", "--x509cafile", files.chain, "-p", "\(server.port)", "localhost"],
      input: Array("hello\n".utf8))
    #expect(result.output.contains("Status: The certificate is trusted."))
    #expect(server.outcome().received == Array("hello\n".utf8))
  }

  @Test func aRenegotiationIsRefused() throws {
    let server = try EchoServer(ServerContext(.valid("mail.example")))
    let output = try run(
      ["timeout", "20", "openssl", "s_client", "-tls1_2", "-connect", "127.0.0.1:\(server.port)"],
      input: Array("R\n".utf8)
    ).output
    #expect(output.contains("no renegotiation"))
  }

  @Test func aClientMayChangeKeys() throws {
    let server = try EchoServer(ServerContext(.valid("mail.example")))
    // What comes in one read is one command to it, so there are pauses.
    let lines = "sleep 0.5; echo K; sleep 0.5; echo hello; sleep 0.5"
    let client = "timeout 20 openssl s_client -tls1_3 -connect 127.0.0.1:\(server.port) 2>&1"
    let output = try run(["sh", "-c", "(\(lines)) | \(client)"]).output
    #expect(output.contains("KEYUPDATE"))
    #expect(output.contains("\nhello\n"))
    #expect(server.outcome().received == Array("hello\n".utf8))
  }

  @Test func aMegabyteComesBackWhole() throws {
    let server = try EchoServer(ServerContext(.valid("mail.example")))
    let socket = try connected(to: server.port)
    defer { close(socket) }
    unblock(socket)
    var client = try ClientSession(ClientContext(), descriptor: socket, serverName: nil)
    #expect(finish(socket) { client.handshake() } == .done(0))
    let message = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 131) }
    var (received, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    for start in stride(from: 0, to: message.count, by: 32_768) {
      let piece = message[start..<start + 32_768]
      #expect(finish(socket) { piece.withUnsafeBytes { client.write($0) } } == .done(32_768))
      while received.count < start + 32_768,
        case .done(let count) = finish(socket, { buffer.withUnsafeMutableBytes { client.read(into: $0) } })
      { received += buffer[..<count] }
    }
    #expect(finish(socket) { client.endWriting() } == .done(0))
    #expect(finish(socket) { buffer.withUnsafeMutableBytes { client.read(into: $0) } } == .ended)
    #expect(received == message)
    #expect(server.outcome().received == message)
  }
}
