import Foundation
import Testing

// The mail clients that people run, one row each, with their command lines.

/// How a client begins.
enum Way: String, Sendable, CaseIterable, CustomTestStringConvertible {
  case plain
  case startTLS = "STARTTLS"
  case implicit = "TLS at once"
  var testDescription: String { rawValue }
}

/// What a client is to send, and to whom.
struct Letter: Sendable {
  let sender: String
  let recipient: String
  /// What the client calls itself.
  let helo: String
  let address: String
  let port: Int
  /// Stands in the subject, and nowhere else.
  let token: String
  /// The whole message, with header.
  let message: URL
  /// What the server's certificate is checked with, where a client insists.
  let certificate: String
}

/// A kind of mail client, with how it is called.
struct MailClient: Sendable, CustomTestStringConvertible {
  let name: String
  let program: String
  /// The command it introduces itself with.
  let hello: String
  let ways: Set<Way>
  /// Whether the message is given on standard input.
  let readsMessage: Bool
  let command: @Sendable (Letter, Way) -> [String]

  var testDescription: String { name }

  init(
    _ name: String, program: String? = nil, hello: String = "EHLO", ways: Set<Way> = Set(Way.allCases),
    readsMessage: Bool = false, command: @escaping @Sendable (Letter, Way) -> [String]
  ) {
    self.name = name
    self.program = program ?? name
    self.hello = hello
    self.ways = ways
    self.readsMessage = readsMessage
    self.command = command
  }
}

/// What became of a client's attempt.
struct Attempt: Sendable, CustomStringConvertible {
  let letter: Letter
  let exitCode: Int32
  let output: String
  var description: String { "exit code \(exitCode)\n\(output)" }
}

extension Stage {
  /// Sends a message, to the network's own address if no other is given, and returns when the client has ended.
  func send(
    with client: MailClient, _ way: Way, at address: String? = nil, to port: Int,
    from sender: String = "a@sender.example",
    to recipient: String = "u@rcpt.test", text: String = "Hello.\n"
  ) async throws -> Attempt {
    let token = "t\(UUID().uuidString.prefix(13).lowercased())"
    let message = try file("message", "From: \(sender)\nTo: \(recipient)\nSubject: \(token)\n\n\(text)")
    // Beside the message: a client in an image sees nothing else.
    let certificate = try await Certificate.shared.value.copied(to: message.deletingLastPathComponent())
    let letter = Letter(
      sender: sender, recipient: recipient, helo: "client.example", address: address ?? network.address, port: port,
      token: token, message: message, certificate: certificate.chain)
    let child = try startClient(
      client.program, client.command(letter, way), input: client.readsMessage ? message : nil)
    let code = try await child.ended(within: .seconds(90))
    return Attempt(letter: letter, exitCode: code, output: child.output)
  }
}
