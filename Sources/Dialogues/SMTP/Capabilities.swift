/// What a mail server's EHLO reply promises (RFC 5321 §4.1.1.1): keywords with their parameters.
public struct Capabilities: Sendable, Hashable {
  /// In the order of the reply, each keyword once.
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
    extensions = []
    for line in reply.lines.dropFirst() {
      // `AUTH=LOGIN` is how servers before RFC 2554 said it, and some still say it beside the other.
      let words = line.split(whereSeparator: isSpace).map { String(decoding: $0, as: UTF8.self) }
      guard let keyword = words.first?.uppercased(), !keyword.contains("=") else { continue }
      add(Extension(keyword: keyword, parameters: Array(words.dropFirst())))
    }
  }

  /// A keyword that is said twice counts once, with the parameters of both.
  private mutating func add(_ new: Extension) {
    if let index = extensions.firstIndex(where: { $0.keyword == new.keyword }) {
      extensions[index].parameters += new.parameters.filter { !extensions[index].parameters.contains($0) }
    } else {
      extensions.append(new)
    }
  }

  /// That keyword as it is promised.
  public subscript(keyword: String) -> Extension? { extensions.first { $0.keyword == keyword } }

  /// Whether the keyword is promised.
  public func promises(_ keyword: String) -> Bool { self[keyword] != nil }

  /// What both promise: a client that was told this is understood by either.
  public func common(with other: Capabilities) -> Capabilities {
    var common = extensions.compactMap { mine in mine.common(with: other[mine.keyword]) }
    // A limit of the other is one of both.
    common += other.extensions.filter { $0.isRestriction && !promises($0.keyword) }
    return Capabilities(common).withoutDangling
  }

  /// Without what stands on something that is not there: BINARYMIME can only be sent by BDAT (RFC 3030 §3).
  private var withoutDangling: Capabilities { promises("CHUNKING") ? self : without { $0 == "BINARYMIME" } }

  /// Without those keywords.
  public func without(_ isUnwanted: (String) -> Bool) -> Capabilities {
    Capabilities(extensions.filter { !isUnwanted($0.keyword) })
  }

  /// What belongs to one hop, and is never promised for a server behind usher: usher's own word for TLS stands for
  /// STARTTLS (RFC 3207); REQUIRETLS (RFC 8689 §2) is a promise about the connection to the server, which is not the
  /// client's; who may say XCLIENT or XFORWARD is a matter between usher and the server; and Exim's early pipelining, by
  /// both its names, sends ahead of a greeting what the client remembers of another connection.
  public static func isOfOneHop(_ keyword: String) -> Bool {
    ["STARTTLS", "REQUIRETLS", "XCLIENT", "XFORWARD", "PIPECONNECT", "X_PIPE_CONNECT"].contains(keyword)
  }
}

extension Reply {
  /// A reply to EHLO.
  /// - Parameters:
  ///   - name: the text of its first line: the server's domain, and a greeting if one likes.
  ///   - capabilities: the lines behind it.
  public init(helloFrom name: some Collection<UInt8>, _ capabilities: Capabilities) {
    let lines = capabilities.extensions.map { Array(([$0.keyword] + $0.parameters).joined(separator: " ").utf8) }
    self.init(code: 250, lines: [Array(name)] + lines)
  }
}
