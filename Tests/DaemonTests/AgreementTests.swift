import Foundation
import Kernel
import Peek
import Routing
import RuleLanguage
import Sessions
import Testing
import Wire

@testable import Daemon

/// What is explained is what happens: the rule that an explanation names is the one by which a session goes.
@Suite struct AgreementTests {
  struct Visitor: Sendable, CustomTestStringConvertible {
    let name: String
    let address: String
    let isSilent: Bool
    let bytes: [UInt8]
    var testDescription: String { "\(name) from \(address)\(isSilent ? ", silent" : "")" }
  }

  static let visitors: [Visitor] = {
    let words = [
      "nothing": "", "EHLO and MAIL": "EHLO a.partner.example\r\nMAIL FROM:<a@b.example>\r\n",
      "EHLO and AUTH": "EHLO a\r\nAUTH PLAIN\r\n", "HELO": "HELO a\r\nMAIL FROM:<>\r\n",
      "STARTTLS": "EHLO a\r\nSTARTTLS\r\n", "MAIL alone": "MAIL FROM:<a@b.example>\r\n",
      "NOOP": "NOOP\r\nEHLO a\r\nRSET\r\nVRFY b\r\n", "SSH": "SSH-2.0-OpenSSH_9.2\r\n",
      "HTTP": "GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n", "noise": "\u{1}\u{2}\u{3}\u{4}",
    ].map { (name: $0.key, bytes: Array($0.value.utf8)) }
    let hellos = ["www.example.com", "mail.example"].map { (name: "TLS for \($0)", bytes: clientHello(for: $0)) }
    return (words + hellos).sorted { $0.name < $1.name }.flatMap { word in
      ["203.0.113.9", "192.0.2.17", "2001:db8::7"].flatMap { address in
        [true, false].map { Visitor(name: word.name, address: address, isSilent: $0, bytes: word.bytes) }
      }
    }
  }()

  static let files: [String] = {
    let folder = Program.root.appendingPathComponent("rules").path
    return (try? FileManager.default.contentsOfDirectory(atPath: folder))?.filter { $0.hasSuffix(".yaml") }.sorted()
      ?? []
  }()

  @Test(arguments: files, visitors) func explanationAndSessionAgree(file: String, visitor: Visitor) throws {
    let text = try Program.contents("rules/\(file)")
    let configuration = try #require(RulesFile(Array(text.utf8), name: file).configuration)
    let local = try #require(Endpoint("192.0.2.25:25"))
    var client = ImaginedClient(address: .tcp(try #require(IPAddress(visitor.address)), port: 40_000))
    client.isSilent = visitor.isSilent
    client.bytes = visitor.bytes
    for index in configuration.listeners.indices {
      let listener = configuration.listeners[index]
      let story = Story(of: client, at: local, listener, configuration.settings.limits)
      let explained = Reasoning(story, listener.rules).decision
      var door = SessionDoor(configuration, listener: index, client: client.address, local: local)
      #expect(door.rule(after: visitor.bytes, isSilent: visitor.isSilent).map { .rule($0) } ?? .notYet == explained)
    }
  }

  /// The least that is a ClientHello with a name (RFC 8446 §4.1.2).
  private static func clientHello(for name: String) -> [UInt8] {
    func block(_ length: Int, _ bytes: [UInt8]) -> [UInt8] {
      (0..<length).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
    }
    let serverName = [0, 0] + block(2, block(2, [0] + block(2, Array(name.utf8))))
    let hello =
      [3, 3] + [UInt8](repeating: 7, count: 32) + block(1, []) + block(2, [0x13, 0x01]) + block(1, [0])
      + block(2, serverName)
    return [0x16, 3, 1] + block(2, [1] + block(3, hello))
  }
}

/// A session, and servers behind it that say what mail servers say.
private struct SessionDoor {
  private let session: Session
  private var now = Instant(nanoseconds: 0)

  init(_ configuration: Configuration, listener: Int, client: Endpoint, local: Endpoint) {
    session = Session(
      context: Context(configuration: configuration, hostname: "usher.example"), listener: listener, client: client,
      local: local, accepted: now, grace: configuration.listeners[listener].grace.wait(roundTrip: nil))
    tell { $0.began(at: $1, &$2) }
  }

  /// The index of the rule that it goes by.
  mutating func rule(after bytes: [UInt8], isSilent: Bool) -> Int? {
    if isSilent { sleep() }
    let lines = isSilent ? bytes.split(separator: 10).map { Array($0) + [10] } : [bytes]
    for line in lines where session.outcome?.rule == nil && !line.isEmpty {
      tell { $0.received(line.span, from: .client, at: $1, &$2) }
    }
    if !isSilent, !bytes.isEmpty, session.outcome?.rule == nil { sleep() }
    return session.outcome?.rule
  }

  private mutating func sleep() {
    guard session.outcome?.rule == nil, let deadline = session.deadline else { return }
    now = deadline
    tell { $0.woke(at: $1, &$2) }
  }

  private func tell(_ event: (Session, Instant, inout [Instruction]) -> Void) {
    var instructions: [Instruction] = []
    event(session, now, &instructions)
    for instruction in instructions where session.outcome?.rule == nil { answer(instruction) }
  }

  private func answer(_ instruction: Instruction) {
    switch instruction {
    case .dial(let peer, _):
      tell { $0.connected(peer, at: $1, &$2) }
      tell { $0.received(Array("220 mx.example ESMTP\r\n".utf8).span, from: peer, at: $1, &$2) }
    case .send(let peer, let bytes) where peer != .client && bytes.starts(with: "EHLO".utf8):
      tell { $0.received(Array("250-mx.example\r\n250 STARTTLS\r\n".utf8).span, from: peer, at: $1, &$2) }
    default: break
    }
  }
}
