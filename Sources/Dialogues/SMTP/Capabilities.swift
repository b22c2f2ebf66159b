/// What a mail server's EHLO reply promises (RFC 5321 §4.1.1.1): keywords with their parameters.
public struct Capabilities: Sendable, Hashable {
  /// In the order of the reply.
  public var extensions: [Extension]

  public init(_ extensions: [Extension]) { self.extensions = extensions }

  /// One line of the reply behind the first.
  public struct Extension: Sendable, Hashable {
    /// Upper case.
    public var keyword: String
    /// As the server said them.
    public var parameters: [String]

    public init(keyword: String, parameters: [String]) {
      self.keyword = keyword
      self.parameters = parameters
    }
  }

  /// - Parameter reply: to EHLO or LHLO.
  public init(_ reply: Reply) {
    extensions = reply.lines.dropFirst().compactMap { line in
      // `AUTH=LOGIN` is how servers before RFC 2554 said it, and some still say it beside the other.
      let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
      guard let keyword = words.first?.uppercased(), !keyword.contains("=") else { return nil }
      return Extension(keyword: keyword, parameters: Array(words.dropFirst()))
    }
  }

  /// Whether the keyword is promised.
  public func promises(_ keyword: String) -> Bool { extensions.contains { $0.keyword == keyword } }

  /// What both promise: a client that was told this is understood by either.
  public func common(with other: Capabilities) -> Capabilities {
    Capabilities(
      extensions.compactMap { mine in
        other.extensions.first { $0.keyword == mine.keyword }.flatMap { mine.common(with: $0) }
      })
  }

  /// Without those keywords.
  public func without(_ isUnwanted: (String) -> Bool) -> Capabilities {
    Capabilities(extensions.filter { !isUnwanted($0.keyword) })
  }

  /// What belongs to one hop, and is never promised for a server behind usher: usher's own word for TLS stands for
  /// STARTTLS (RFC 3207), and who may say XCLIENT or XFORWARD is a matter between usher and the server.
  public static func isOfOneHop(_ keyword: String) -> Bool { ["STARTTLS", "XCLIENT", "XFORWARD"].contains(keyword) }
}

extension Capabilities.Extension {
  /// The weaker of two promises of the same keyword; nil when they have nothing in common.
  fileprivate func common(with other: Self) -> Self? {
    switch keyword {
    case "SIZE": return Self(keyword: keyword, parameters: smallestSize(other))
    case "AUTH":
      // RFC 4954 §3: the parameters are the mechanisms.
      let theirs = Set(other.parameters.map { $0.uppercased() })
      let both = parameters.filter { theirs.contains($0.uppercased()) }
      return both.isEmpty ? nil : Self(keyword: keyword, parameters: both)
    default: return parameters == other.parameters ? self : nil
    }
  }

  /// RFC 1870 §4: no parameter, or 0, is no fixed limit.
  private func smallestSize(_ other: Self) -> [String] {
    [self, other].compactMap { $0.parameters.first.flatMap { UInt64($0) } }.filter { $0 > 0 }.min().map { ["\($0)"] }
      ?? []
  }
}

extension Reply {
  /// A reply to EHLO.
  /// - Parameters:
  ///   - name: the text of its first line: the server's domain, and a greeting if one likes.
  ///   - capabilities: the lines behind it.
  public init(helloFrom name: [UInt8], _ capabilities: Capabilities) {
    let lines = capabilities.extensions.map { Array(([$0.keyword] + $0.parameters).joined(separator: " ").utf8) }
    self.init(code: 250, lines: [name] + lines)
  }
}
