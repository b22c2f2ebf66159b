/// What can be said to a client that is turned away from a mail listener (RFC 5321 §4.2).
enum SMTPReply {
  /// Octets of a reply line without its end (RFC 5321 §4.5.3.1.5).
  private static let longest = 510

  /// Why the text is no refusal; nil when it is one: a code, and maybe an enhanced code of the same class (RFC 3463) and words.
  static func fault(_ text: String) -> String? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard let code = words.first, code.utf8.count == 3, code.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return "in a mail dialogue a refusal begins with a code of three digits"
    }
    guard "45".contains(code.prefix(1)), "012345".contains(code.dropFirst().prefix(1)) else {
      return "a refusal has a code from 400 to 559 whose second digit is at most 5, and `\(code)` is none"
    }
    if text.utf8.count > longest { return "a reply line has at most \(longest) bytes" }
    guard text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return "a reply is in ASCII" }
    guard words.count > 1, let status = enhanced(words[1]), status != code.prefix(1) else { return nil }
    return "the enhanced code `\(words[1])` is of another class than `\(code)`"
  }

  /// The class of an enhanced code.
  private static func enhanced(_ word: Substring) -> Substring? {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 1,
      parts.allSatisfy({ (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (48...57).contains($0) } })
    else { return nil }
    return parts[0]
  }
}
