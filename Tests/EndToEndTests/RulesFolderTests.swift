import Foundation
import Testing

/// Each file of rules/ at work: only its ports and certificates are others.
@Suite(.inTurn, .inRelayModes(.automatic, .copying, .splicing))
struct RulesFolderTests {
  @Test(arguments: ["stunnel-smtp.yaml", "stunnel-smtp-mirror.yaml"])
  func stunnelFilesGoTogether(file: String) async throws {
    let stage = try await Stage()
    let new = try await stage.start(.aiosmtpd)
    let old = try await stage.start(.aiosmtpd, introduction: .proxyV2)
    let (port, stunnelPort) = (Port.free(), Port.free())
    let configuration = try await contents("stunnel-smtp.stunnel.conf", ["2525": stunnelPort, "2527": new.port])
    let stunnel = try stage.start("stunnel", ["stunnel4", try stage.file("stunnel.conf", configuration).path])
    try await until("stunnel listens", or: { stunnel.output }) { stunnel.sees(listenerOn: stunnelPort) }
    let rules = try await contents(file, ["25": port, "2525": stunnelPort, "2526": old.port])
    let usher = try await stage.startUsher(rules, ports: [port])
    for (way, server) in [(Way.plain, old), (.startTLS, new), (.implicit, new)] {
      let attempt = try await stage.send(with: .smtplib, way, to: usher.port)
      #expect(attempt.exitCode == 0, "\(way) \(attempt)\n\(usher.child.output)")
      let message = try await server.store.message(with: attempt.letter.token)
      #expect(message.helo == "client.example")
    }
  }

  @Test func terminateTakesTLSOnBothPorts() async throws {
    let stage = try await Stage()
    let server = try await stage.start(.aiosmtpd, introduction: .proxyV2)
    let (smtp, submissions) = (Port.free(), Port.free())
    let rules = try await contents("terminate.yaml", ["25": smtp, "465": submissions, "2525": server.port])
    let usher = try await stage.startUsher(rules, ports: [smtp, submissions])
    for (way, port) in [(Way.plain, smtp), (.startTLS, smtp), (.implicit, smtp), (.implicit, submissions)] {
      let attempt = try await stage.send(with: .smtplib, way, to: port)
      #expect(attempt.exitCode == 0, "\(way) \(attempt)\n\(usher.child.output)")
      _ = try await server.store.message(with: attempt.letter.token)
    }
    let silent = try RawClient(port: submissions)
    #expect(try await silent.rest() == "")
  }

  @Test func submissionHidesAndRefusesPasswordsInPlaintext() async throws {
    let stage = try await Stage()
    let server = try HandMadeServer { line in
      line.uppercased().hasPrefix("EHLO")
        ? .say("250-hand.made\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME") : Scene.politely(line)
    }
    let port = Port.free()
    let rules = try await contents("submission.yaml", ["587": port, "2587": server.port])
      .replacing("client-address: proxy-v2", with: "client-address: hidden")
    let usher = try await stage.startUsher(rules, ports: [port])
    let client = try RawClient(port: usher.port)
    _ = try await client.reply()
    let hello = try await client.say("EHLO client.example")
    #expect(hello.contains("STARTTLS"))
    #expect(!hello.contains("AUTH"))
    #expect(try await client.say("AUTH PLAIN AGEAYgA=").hasPrefix("538 5.7.11 "))
    #expect(!server.text.contains("AUTH"))
    let attempt = try await stage.send(with: .smtplib, .startTLS, to: port)
    #expect(attempt.exitCode == 0, "\(attempt)\n\(usher.child.output)")
    #expect(attempt.output.contains("AUTH PLAIN LOGIN"), "\(attempt)")
    let stranger = try await stage.send(with: .smtplib, .plain, to: port)
    #expect(stranger.output.contains("530 5.7.0 ") || stranger.output.contains("Must issue a STARTTLS"), "\(stranger)")
  }

  @Test func sshAndHTTPSShareAPort() async throws {
    let stage = try await Stage()
    let ssh = try HandMadeServer { $0 == "" ? .say("SSH-2.0-OpenSSH_9.2") : .hang }
    let (port, webPort) = (Port.free(), Port.free())
    let certificate = try await Certificate.shared.value
    let web = try stage.start(
      "web",
      [
        "openssl", "s_server", "-accept", "127.0.0.1:\(webPort)", "-cert", certificate.chain, "-key", certificate.key,
        "-www", "-quiet",
      ])
    try await until("the web server listens", or: { web.output }) { web.sees(listenerOn: webPort) }
    let rules = try await contents("ssh-https.yaml", ["443": port, "8443": webPort, "22": ssh.port])
      .replacing("client-address: proxy-v2", with: "client-address: hidden")
    let usher = try await stage.startUsher(rules, ports: [port])

    let site = try stage.startClient(
      "curl",
      [
        "curl", "-sk", "--max-time", "20", "--resolve", "www.example.com:\(port):127.0.0.1",
        "https://www.example.com:\(port)/",
      ])
    #expect(try await site.ended(within: .seconds(30)) == 0)
    #expect(site.output.contains("s_server"))
    let other = try stage.startClient(
      "curl",
      [
        "curl", "-sSk", "--max-time", "20", "--resolve", "other.example:\(port):127.0.0.1",
        "https://other.example:\(port)/",
      ])
    #expect(try await other.ended(within: .seconds(30)) != 0)
    #expect(other.output.contains("alert") || other.output.contains("SSL"), "\(other.output)")

    let silent = try RawClient(port: usher.port)
    #expect(try await silent.receive("a banner") { $0.hasSuffix("\r\n") } == "SSH-2.0-OpenSSH_9.2\r\n")
    let early = try RawClient(port: usher.port)
    try await early.send("SSH-2.0-client\r\n")
    #expect(try await early.receive("a banner") { $0.hasSuffix("\r\n") } == "SSH-2.0-OpenSSH_9.2\r\n")
    try await until("sshd hears it") { ssh.text.contains("SSH-2.0-client") }
    let http = try RawClient(port: usher.port)
    try await http.send("GET / HTTP/1.0\r\n\r\n")
    #expect(try await http.rest() == "HTTP/1.1 400 Bad Request\r\n")
  }

  /// The file with those ports on loopback, and with a certificate that is there.
  private func contents(_ file: String, _ ports: [String: Int]) async throws -> String {
    let certificate = try await Certificate.shared.value
    let text = try String(contentsOf: Machine.project.appending(path: "rules/\(file)"), encoding: .utf8)
    return text.replacing(/(?:0\.0\.0\.0|127\.0\.0\.1):(\d+)/) { match in
      ports[String(match.1)].map { "127.0.0.1:\($0)" } ?? String(match.0)
    }
    .replacing("/etc/ssl/certs/ssl-cert-snakeoil.pem", with: certificate.chain)
    .replacing("/etc/ssl/private/ssl-cert-snakeoil.key", with: certificate.key)
  }
}
