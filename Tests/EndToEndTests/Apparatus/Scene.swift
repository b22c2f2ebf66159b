import Foundation
import Testing

// usher between servers made by hand, on loopback, with short timeouts: for what goes wrong.

/// An usher whose greeter is the TLS server (a hand-made one, or any at a port), with a plaintext server beside it.
struct Scene: Sendable {
  let stage: Stage
  let usher: RunningUsher
  let besideServer: HandMadeServer?
  let greeter: HandMadeServer?
  private let descriptors: Descriptors

  /// A mail server that takes everything.
  static let politely: @Sendable (String) -> HandMadeServer.Answer = { line in
    switch line.prefix(4).uppercased() {
    case "": .say("220 hand.made ESMTP")
    case "EHLO": .say("250-hand.made\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 1000000")
    case "DATA": .say("354 go on")
    case "QUIT": .say("221 bye")
    case "STAR": .say("220 Go ahead")
    default: .say("250 2.0.0 fine")
    }
  }

  /// As stunnel answers before TLS.
  static let likeStunnel: @Sendable (String) -> HandMadeServer.Answer = { line in
    switch line.prefix(4).uppercased() {
    case "": .say("220 hand.made stunnel for ESMTP")
    case "EHLO": .say("250-hand.made\r\n250 STARTTLS")
    case "STAR": .say("220 Go ahead")
    default: .leave
    }
  }

  init(
    on stage: Stage? = nil, stunnel answer: (@Sendable (String) -> HandMadeServer.Answer)? = likeStunnel,
    stunnelPort port: Int? = nil, beside: (@Sendable (String) -> HandMadeServer.Answer)?, drain: String = "2s"
  ) async throws {
    let stage = if let stage { stage } else { try await Stage() }
    let greeter = port == nil ? try answer.map { try HandMadeServer(answer: $0) } : nil
    let besideServer = try beside.map { try HandMadeServer(answer: $0) }
    let listen = Port.free()
    let rules = Rules.mail(
      .wrapper, listen: "127.0.0.1:\(listen)", stunnel: "127.0.0.1:\(port ?? greeter?.port ?? Port.free())",
      beside: besideServer?.address ?? "127.0.0.1:\(Port.free())", introduction: .hidden,
      certificate: try await Certificate.shared.value, grace: "300ms",
      settings: "settings: { timeouts: { greeting: 2s, reply: 2s, command: 20s, hello: 2s, drain: \(drain) } }")
    usher = try await stage.startUsher(rules, ports: [listen])
    descriptors = try await usher.settledDescriptors()
    (self.stage, self.greeter, self.besideServer) = (stage, greeter, besideServer)
  }

  /// What clients have said to the plaintext server. usher itself asks it what it promises, and that is left out.
  var saidToBeside: String {
    let lines = (besideServer?.text ?? "").components(separatedBy: "\r\n")
    return lines.filter { !$0.hasPrefix("EHLO \(Self.hostname)") && $0 != "QUIT" }.joined(separator: "\r\n")
  }

  private static let hostname = ProcessInfo.processInfo.hostName

  /// The client leaves; then usher has nothing left of it.
  func ends(_ client: RawClient) async throws {
    client.close()
    try await usher.isBackTo(descriptors)
    #expect(usher.child.exitCode == nil, "\(usher.child.output)")
  }

  /// Nothing is left of clients that have left.
  func ended() async throws {
    try await usher.isBackTo(descriptors)
    #expect(usher.child.exitCode == nil, "\(usher.child.output)")
  }
}

/// First bytes made by hand.
enum Bytes {
  /// A ClientHello of TLS 1.2 with one cipher suite and no extension.
  static let clientHello: [UInt8] = {
    let body: [UInt8] = [3, 3] + (0..<32).map { UInt8($0) } + [0, 0, 2, 0xC0, 0x2F, 1, 0]
    let handshake: [UInt8] = [1, 0, 0, UInt8(body.count)] + body
    return [22, 3, 1, 0, UInt8(handshake.count)] + handshake
  }()
  /// A whole one of a real client.
  static let openSSLHello: [UInt8] = {
    let file = Machine.project.appending(path: "fixtures/hellos/openssl-tls1.2.txt")
    let lines =
      (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n").filter { $0.first != "#" } ?? []
    return lines.joined(separator: " ").split(separator: " ").compactMap { UInt8($0, radix: 16) }
  }()
}
