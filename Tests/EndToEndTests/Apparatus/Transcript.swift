import Foundation

/// What a mail client heard. Every client can be made to show it, each in its own way, and inside of TLS too.
struct Transcript: Sendable, CustomStringConvertible {
  /// The lines of all replies, in their order, as `250 SIZE 200000`: whether more lines follow is said by `replies`. Left out
  /// is what is new with every message and every second, and what is behind the first line of postscreen's greeting, which
  /// has a second one for those whom it does not test already over another connection.
  let lines: [String]
  /// How many replies those were.
  let replies: Int

  /// The reply to QUIT is left out: not every client waits for it.
  /// - Parameter output: of a real client.
  init(ofClient output: String) {
    self.init(
      output.split(whereSeparator: \.isNewline).compactMap { line in
        (try? Self.heard.firstMatch(in: line)).map { String($0.1) }.flatMap { $0.hasPrefix("221") ? nil : $0 }
      })
  }

  /// - Parameter lines: of replies, as they came.
  init(_ lines: [String]) {
    let again = zip(lines, lines.dropFirst()).map { $0.hasPrefix("220-") && $1.hasPrefix("220 ") }
    self.lines = zip(lines, [false] + again).filter { !$0.1 }.map { line, _ in
      let code = line.prefix(3)
      return Self.passing.reduce("\(code) \(line.dropFirst(4))") { $0.replacing($1, with: "…") }
    }
    replies = lines.count { $0.dropFirst(3).first != "-" }
  }

  var description: String { lines.joined(separator: "\n") }

  /// What stands before a reply line, client by client: swaks, curl and the script around s_client, msmtp, mutt, s-nail,
  /// Net::SMTP, Exim (and its further lines), Postfix; and smtplib, which shows the line as Python writes bytes.
  private nonisolated(unsafe) static let heard =
    /^(?:<[-~*][-~*]? +|<-- |< |\[[^\]]+\] \d+< |s-nail: >>> SERVER: |Net::SMTP.*<<< |  SMTP<< | {9}|.*: < \S+: |reply: b['"])([2-5]\d\d[ -].*?)(?:\\r\\n['"])?\r?$/

  /// Names of messages, and the time.
  private nonisolated(unsafe) static let passing: [Regex<Substring>] = [
    /queued as \w+/, /\bid=[\w-]+/, /\b[0-9a-f]{8} Message accepted/, /\b\w{14} Message accepted/,
    /\w{3}, \d\d? \w{3} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|\w+)/,
  ]
}
