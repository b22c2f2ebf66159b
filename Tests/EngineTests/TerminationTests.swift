import Foundation
import Routing
import Sessions
import Synchronization
import TLS
import Testing
import Wire

@testable import Engine

/// usher itself speaks TLS with the client, and the server gets plaintext.
@Suite struct TerminationTests {
  private func fixture(
    to server: Socket, dialogue: DialogueName? = nil, handshake: Duration = .seconds(10), name: String = "mail.example"
  ) throws -> Fixture {
    try Fixture(.terminating(for: server.endpoint, dialogue, Certificates.files(for: name), handshake: handshake))
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func aRealClientIsServed(version: String) throws {
    let server = try Socket()
    let fixture = try fixture(to: server)
    let client = try RealClient(fixture.door, [version, "-ign_eof", "-quiet"], input: Array("hello".utf8))
    let accepted = try server.accept()
    #expect(try accepted.text(exactly: 5) == "hello")
    try accepted.send("and welcome")
    accepted.close()
    #expect(String(decoding: client.output(), as: UTF8.self).hasSuffix("and welcome"))
    let report = try fixture.ledger.reports(1)[0]
    #expect(report.ending == "closed")
    // As on the socket.
    #expect(report.bytesFromClient > 200)
    #expect(report.bytesToClient > 500)
  }

  @Test func mailBeginsWithSTARTTLS() throws {
    let server = try Socket()
    let fixture = try fixture(to: server, dialogue: .smtp)
    let mta = Mailserver(server)
    let client = try RealClient(
      fixture.door, ["-starttls", "smtp", "-crlf", "-ign_eof", "-quiet"],
      input: Array("EHLO client.example\nMAIL FROM:<a@client.example>\nQUIT\n".utf8))
    let output = String(decoding: client.output(), as: UTF8.self)
    #expect(output.contains("250-SIZE 1000\r\n"))
    #expect(!output.contains("STARTTLS"))
    #expect(output.hasSuffix("250 sender fine\r\n221 bye\r\n"))
    // The client's own hello, its second one inside TLS, and what it wanted; inquiries ask for themselves.
    #expect(mta.heard().contains(["EHLO client.example", "MAIL FROM:<a@client.example>", "QUIT"]))
    #expect(try fixture.ledger.reports(1)[0].ending == "closed")
  }

  @Test func muchGoesBothWaysAtOnce() throws {
    let server = try Socket()
    let fixture = try fixture(to: server)
    let (request, answer) = (noise(4 << 20, seed: 3), noise(4 << 20, seed: 5))
    let client = try RealClient(fixture.door, ["-quiet"], input: request, keepOpen: true)
    let accepted = try server.accept()
    let sending = Background { try accepted.send(answer) }
    let receiving = Background {
      #expect(try accepted.receive(exactly: request.count) == request)
      try sending.wait()
      accepted.close()
    }
    #expect(client.output() == answer)
    try receiving.wait()
  }

  @Test func aSlowReaderHoldsUpOnlyItself() throws {
    let server = try Socket()
    let fixture = try fixture(to: server)
    let client = try SecurePlug(to: fixture.door)
    try client.send("go")
    let accepted = try server.accept()
    #expect(try accepted.text(exactly: 2) == "go")
    let answer = noise(12 << 20, seed: 7)
    let sending = Background {
      try accepted.send(answer)
      accepted.close()
    }
    usleep(200_000)
    // More than the kernel's and usher's buffers hold was offered: not all of it can have been taken.
    #expect(!sending.isDone)
    #expect(try client.receiveAll() == answer)
    try sending.wait()
  }

  @Test func aGreetingWaitsForTheHandshake() throws {
    let server = try Socket()
    let fixture = try fixture(to: server)
    // Said when the server is dialled, which is before the client has ended its handshake.
    let greeting = Background {
      let accepted = try server.accept()
      try accepted.send("* OK ready")
      accepted.close()
    }
    let client = try SecurePlug(to: fixture.door)
    #expect(try String(decoding: client.receiveAll(), as: UTF8.self) == "* OK ready")
    try greeting.wait()
  }

  /// Who sends and does not read what it is sent is waited for, at rest: the relay is idle, and ends as such.
  @Test func aClientThatSendsAndDoesNotReadIsIdle() throws {
    let server = try Socket()
    var configuration = Configuration.terminating(
      for: server.endpoint, nil, try Certificates.files(for: "mail.example"), handshake: .seconds(10))
    configuration.settings.timeouts.idle = .seconds(3)
    let fixture = try Fixture(configuration)
    let client = try SecurePlug(to: fixture.door)
    try client.send("go")
    let accepted = try server.accept()
    let flow = Flow(seed: 9, count: 64 << 20)
    _ = try flow.send(over: accepted)
    try eventually("the writer is stopped") {
      let before = flow.progress.load(ordering: .relaxed)
      usleep(300_000)
      return before > 0 && flow.progress.load(ordering: .relaxed) == before
    }
    // The kernel may find room for a little more at first.
    for _ in 0..<3 {
      try client.send("and more")
      usleep(300_000)
    }
    #expect(try fixture.ledger.reports(1)[0].ending == "idle")
  }

  /// The last words of usher itself end as TLS ends, so that the client knows that they are all.
  @Test func theLastWordsEndWithCloseNotify() throws {
    let server = try Socket()
    let fixture = try fixture(to: server, dialogue: .smtp)
    let refusing = Background {
      while let plug = try? server.accept() { try plug.send("554 not today\r\n") }
    }
    let client = try SecurePlug(to: fixture.door)
    #expect(try String(decoding: client.receiveAll(), as: UTF8.self).hasPrefix("421 4.3.2 "))
    #expect(client.end == .ended)
    _ = refusing
  }

  @Test func aClientMayEndFirst() throws {
    let server = try Socket()
    let fixture = try fixture(to: server)
    let client = try SecurePlug(to: fixture.door)
    try client.send("question")
    try client.endWriting()
    let accepted = try server.accept()
    #expect(try String(decoding: accepted.receiveAll(), as: UTF8.self) == "question")
    try accepted.send("answer")
    accepted.close()
    #expect(try client.receiveAll() == Array("answer".utf8))
    #expect(client.end == .ended)
    #expect(try fixture.ledger.reports(1)[0].ending == "closed")
  }

  @Test func aServerMayEndFirst() throws {
    let server = try Socket()
    let fixture = try fixture(to: server)
    let client = try SecurePlug(to: fixture.door)
    try client.send("hello")
    let accepted = try server.accept()
    try accepted.send("bye")
    try accepted.endWriting()
    #expect(try client.receiveAll() == Array("bye".utf8))
    #expect(client.end == .ended)
    try client.send("still here")
    try client.endWriting()
    #expect(try String(decoding: accepted.receiveAll(), as: UTF8.self) == "hellostill here")
    #expect(try fixture.ledger.reports(1)[0].ending == "closed")
  }

  @Test func aResetInTheHandshakeLeavesNothing() throws {
    let server = try Socket()
    let fixture = try fixture(to: server)
    let hello = try SecurePlug.hello()
    let client = try fixture.client()
    try client.send(hello)
    #expect(try client.receive(exactly: 5).first == 0x16)
    try client.reset()
    let report = try fixture.ledger.reports(1)[0]
    #expect(["client-left", "insecure"].contains(report.ending))
    #expect(try server.accept().receiveAll() == [])
    #expect(fixture.pool.connectionCount == 0)
  }

  @Test func aHandshakeHasItsTime() throws {
    let server = try Socket()
    let fixture = try fixture(to: server, handshake: .milliseconds(100))
    let hello = try SecurePlug.hello()
    let client = try fixture.client()
    try client.send(hello)
    _ = try client.receiveAll()
    client.close()
    let report = try fixture.ledger.reports(1)[0]
    #expect(report.ending == "insecure")
  }

  /// epoll tells of the end together with what is before it, and not again.
  @Test func anEndBehindHalfAHandshakeIsNotWaitedFor() throws {
    let server = try Socket()
    let fixture = try fixture(to: server, handshake: .seconds(3600))
    let client = try fixture.client()
    try client.send(SecurePlug.hello())
    #expect(try client.receive(exactly: 5).first == 0x16)
    try client.send(SecurePlug.halfARecord, isFollowed: true)
    try client.endWriting()
    #expect(try fixture.ledger.reports(1)[0].ending == "insecure")
  }

  @Test func anEndBehindHalfARecordIsPassedOn() throws {
    let server = try Socket()
    let fixture = try fixture(to: server)
    let client = try SecurePlug(to: fixture.door)
    try client.send("go")
    let accepted = try server.accept()
    #expect(try accepted.text(exactly: 2) == "go")
    try client.breakOff()
    #expect(try accepted.allText() == "")
    accepted.close()
    #expect(try fixture.ledger.reports(1)[0].ending == "closed")
  }

  @Test func aBrokenHelloGetsAnAlert() throws {
    let server = try Socket()
    let fixture = try fixture(to: server)
    var hello = try SecurePlug.hello()
    // The extension supported_versions (RFC 8446 §4.2.1): its number, its length, that of the list, and the list.
    let start = try #require(hello.firstRange(of: [0x00, 0x2B, 0x00])?.upperBound)
    let list = start + 2..<start + 1 + Int(hello[start])
    for index in list { hello[index] = 0x7A }
    let client = try fixture.client()
    try client.send(hello)
    // Alert, fatal, protocol_version.
    let alert = try client.receive(exactly: 7)
    #expect(alert == [0x15, 3, 3, 0, 2, 2, 70])
    client.close()
    let report = try fixture.ledger.reports(1)[0]
    #expect(report.ending == "insecure")
  }

  @Test func aReloadShowsAnotherCertificate() throws {
    let server = try Socket()
    let fixture = try fixture(to: server, name: "old.example")
    let first = try SecurePlug(to: fixture.door)
    #expect(first.certificate?.names == ["old.example"])
    try fixture.pool.reload(
      .terminating(
        for: server.endpoint, nil, Certificates.files(for: "new.example"), handshake: .seconds(10)))
    try eventually("the new certificate") {
      try SecurePlug(to: fixture.door).certificate?.names == ["new.example"]
    }
    try first.send("still here")
    #expect(try server.accept().text(exactly: 10) == "still here")
  }
}

extension Configuration {
  /// TLS clients go to one server, without their TLS.
  static func terminating(
    for server: Endpoint, _ dialogue: DialogueName?, _ certificate: CertificateFiles, handshake: Duration
  ) -> Configuration {
    var configuration = Configuration.relay(to: [server])
    configuration.servers[0].tls = []
    configuration.listeners[0].rules = RuleList([
      Rule(
        name: "encrypted", condition: .any([.test(.tls(.implicit)), .test(.tls(.startTLS))]),
        action: .to(ServerID(0), terminatingTLS: true)),
      Rule(name: "plain", condition: nil, action: .to(ServerID(0), terminatingTLS: false)),
    ])
    configuration.listeners[0].dialogue = dialogue
    configuration.listeners[0].greeter = dialogue.map { _ in ServerID(0) }
    configuration.listeners[0].certificates = [certificate]
    configuration.settings.timeouts.hello = handshake
    return configuration
  }
}
