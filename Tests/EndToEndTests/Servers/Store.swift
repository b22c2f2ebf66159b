import Foundation

// Where a mail server puts what it accepted.

/// A folder with maildirs or mailboxes.
struct Store: Sendable {
  let folder: URL
  let log: Child

  /// The message with that token in it, as soon as it is there.
  func message(with token: String, within limit: Duration = .seconds(30)) async throws -> StoredMessage {
    try await first("a message with \(token) is stored", within: limit, or: { log.output }) {
      messages.first { $0.text.contains(token) }
    }
  }

  var messages: [StoredMessage] { files.map { StoredMessage(text: String(decoding: $0, as: UTF8.self)) } }

  /// The messages, byte for byte.
  var files: [Data] {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
    // Maildir: what is still being written is in `tmp`, what has arrived in `new`.
    return files.filter { $0.pathExtension == "eml" || $0.deletingLastPathComponent().lastPathComponent == "new" }
      .compactMap { try? Data(contentsOf: $0) }
  }
}

/// A message as it was stored; its first `Received` field says from whom it came.
struct StoredMessage: Sendable, CustomStringConvertible {
  let text: String
  var description: String { text }

  /// The name that the client said in EHLO or HELO.
  var helo: String? {
    (try? /helo=([^)\s]+)/.firstMatch(in: received))?.1.description
      ?? (try? /^from (\S+)/.firstMatch(in: received))?.1.description
  }

  /// The client's address as the server saw it, without brackets.
  var clientAddress: String? { (try? /\[(?:IPv6:)?([0-9a-fA-F.:]+)\]/.firstMatch(in: received))?.1.description }

  /// What is behind the header, with lines as the store has them.
  var body: String {
    let lines = text.replacing("\r\n", with: "\n")
    return lines.firstRange(of: "\n\n").map { String(lines[$0.upperBound...]) } ?? ""
  }

  func field(_ name: String) -> String? {
    let unfolded = text.replacing("\r\n", with: "\n").replacing(/\n[ \t]+/, with: " ")
    return unfolded.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
      .first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
      .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
  }

  private var received: String { field("Received") ?? "" }
}
