import Foundation

/// What a client says word for word, because no real one can be made to.
struct Conversation: Sendable, Encodable {
  let name: String
  /// Whether the first line is said before the greeting.
  let early: Bool
  /// postscreen forgives haste while another connection from the same address waits.
  let from: String
  /// Each is followed by one reply.
  let says: [String]

  init(_ name: String, early: Bool = false, _ says: [String]) {
    (self.name, self.early, self.says) = (name, early, says)
    from = early ? Network.other : ""
  }
}

extension Stage {
  /// Has all of them at the same time, each over a connection of its own.
  /// - Returns: what was heard, by the conversation's name.
  func converse(_ conversations: [Conversation], _ way: Way, with port: Int) async throws -> [String: Transcript] {
    let script = Machine.project.appending(path: "Tests/EndToEndTests/Programs/converse.py").path
    let said = try file("conversations.json", String(decoding: JSONEncoder().encode(conversations), as: UTF8.self))
    let child = try startClient(
      "converse", ["/usr/bin/python3", script, network.address, "\(port)", way.rawValue, said.path])
    let code = try await child.ended(within: .seconds(120))
    guard code == 0 else { throw Failure("exit code \(code)\n\(child.output)") }
    return try JSONDecoder().decode([String: [String]].self, from: Data(child.output.utf8)).mapValues(Transcript.init)
  }
}
