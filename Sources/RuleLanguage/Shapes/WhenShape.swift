// What a rule asks of a client.

import Patterns
import Routing
import Wire

/// A condition, and where it stands.
struct LocatedCondition: Sendable {
  /// The key, with its value where that is a scalar.
  let place: Place
  let key: String
  let condition: Condition
  /// What stands under `any`, `all`, `not` and a `when` of several keys.
  var parts: [LocatedCondition] = []
}

struct WhenDraft: Draft {
  var conditions: [LocatedCondition] = []
}

extension Shapes {
  static let when: Shape<WhenDraft> = Shape(
    "`when`", from: WhenDraft.init,
    [
      Key(
        "client", networks, Test.client, "Where the client comes from.", example: #"[192.0.2.0/24, "2001:db8::/32"]"#,
        synonyms: ["ip", "src", "source", "remote"]),
      Key(
        "local", networks, Test.local, "The address at which it arrived.", example: "192.0.2.25",
        synonyms: ["dst", "destination"]),
      Key("country", "The country of the client's address; not built in yet.", example: "[NO, SE]"),
      Key(
        "tls", .oneOrMore(.beginning, "`implicit` or `starttls`"), { .tls(Beginning($0)) },
        "How the client began: with TLS, with STARTTLS, either (`true`) or neither (`false`).",
        example: "starttls", synonyms: ["ssl", "starttls", "encrypted"]),
      Key(
        "sni", patterns(ignoresCase: true), Test.sni, "The host name that the ClientHello asks for.",
        example: #"[www.example.com, "*.example.org"]"#, synonyms: ["server-name", "servername", "host", "hostname"]),
      Key(
        "alpn", patterns(ignoresCase: false), Test.alpn, "A protocol that the ClientHello offers by ALPN.",
        example: "h2"),
      Key(
        "ja4", patterns(ignoresCase: true), Test.ja4, "The JA4 fingerprint of the ClientHello.",
        example: "t13d1516h2_*", synonyms: ["ja3"]),
      Key(
        "tls-version", .oneOrMore(.pattern(ignoresCase: true, knownVersion), "versions"), { .tlsVersion($0) },
        "The highest TLS version that the ClientHello offers.", example: "[1.0, 1.1]",
        synonyms: ["version", "tls_version"]),
      Key(
        "protocol", .oneOrMore(.protocolName, "protocols"), { .protocolName($0) },
        "What the client's first bytes are.", example: "[ssh, http]", synonyms: ["proto", "application"]),
      Key("silent", .truth, Test.silent, "Whether the client said nothing during the grace.", example: "true"),
      Key(
        "early", .truth, Test.early, "Whether the client sent plaintext before it was greeted.",
        example: "true", synonyms: ["pregreet", "early-talker"]),
      Key(
        "helo", patterns(ignoresCase: true), Test.helo, "The name that the client gives in EHLO, HELO or LHLO.",
        example: #"/^mx\d+\./i"#, synonyms: ["ehlo", "lhlo"]),
      Key(
        "command", .oneOrMore(.verb, "verbs"), { .command($0) },
        "The first command behind EHLO or HELO that needs a server; NOOP, RSET and QUIT do not.",
        example: "[AUTH, ETRN]", synonyms: ["verb", "commands"]),
      Key(
        "mail-from", patterns(ignoresCase: true), Test.mailFrom,
        "The sender's address, when that command is MAIL.", example: #""*@partner.example""#,
        synonyms: ["from", "sender", "mail", "mailfrom"]),
      Key(
        "first-bytes", .oneOrMore(.expression, "expressions"), { .firstBytes($0) },
        "What the client's first bytes look like.", example: "/^SSH-/", synonyms: ["bytes", "payload", "regex"]),
      Key(
        "any", .conditions, { .any($0) }, "At least one of these holds.",
        example: "[{ protocol: ssh }, { silent: true }]", synonyms: ["or", "any-of", "either"]),
      Key(
        "all", .conditions, { .all($0) }, "All of these hold.",
        example: "[{ tls: true }, { not: { sni: www.example.com } }]", synonyms: ["and", "all-of"]),
      Key("not", "This does not hold.", example: "{ client: 192.0.2.0/24 }", synonyms: ["none", "unless", "no"]) {
        condition in .not(condition)
      },
    ])

  private static let networks = Kind.oneOrMore(Kind<Network>.network, "addresses")

  private static func patterns(ignoresCase: Bool) -> Kind<[Located<Pattern>]> {
    .oneOrMore(.pattern(ignoresCase: ignoresCase), "patterns")
  }

  /// A plain version must be one that a hello can have.
  private static func knownVersion(_ text: String) throws(Fault) {
    let versions = ["1.3", "1.2", "1.1", "1.0", "ssl3", "ssl2"]
    guard !versions.contains(text.lowercased()), !text.contains(where: { $0 == "*" || $0 == "?" }) else { return }
    let number = versions.first { $0.contains(".") && text.hasSuffix($0) }
    throw Fault(
      message: "no version is called `\(text)`: there are \(enumeration(versions))", help: number.map { "write \($0)" })
  }
}

extension Beginning {
  fileprivate init(_ parts: [Beginning]) { self = parts.reduce(into: []) { $0.formUnion($1) } }
}

extension Key<WhenDraft> {
  /// A question about the client, of several values.
  fileprivate init<Value>(
    _ name: String, _ kind: Kind<[Located<Value>]>, _ test: @escaping @Sendable ([Value]) -> Test, _ summary: String,
    example: String,
    synonyms: [String] = []
  ) {
    self.init(name, kind, .optional(nil), summary, example: example, synonyms: synonyms) { values, key, draft in
      let condition = Condition.test(test(values.value.map(\.value)))
      draft.conditions.append(LocatedCondition(place: key.through(values.place), key: name, condition: condition))
    }
  }

  /// A question about the client, of one value.
  fileprivate init(
    _ name: String, _ kind: Kind<Bool>, _ test: @escaping @Sendable (Bool) -> Test, _ summary: String, example: String,
    synonyms: [String] = []
  ) {
    self.init(name, kind, .optional(nil), summary, example: example, synonyms: synonyms) { value, key, draft in
      let condition = Condition.test(test(value.value))
      draft.conditions.append(LocatedCondition(place: key.through(value.place), key: name, condition: condition))
    }
  }

  /// `any` and `all`.
  fileprivate init(
    _ name: String, _ kind: Kind<[LocatedCondition]>, _ join: @escaping @Sendable ([Condition]) -> Condition,
    _ summary: String, example: String, synonyms: [String]
  ) {
    self.init(name, kind, .optional(nil), summary, example: example, synonyms: synonyms) { parts, key, draft in
      let condition = join(parts.value.map(\.condition))
      draft.conditions.append(
        LocatedCondition(place: key, key: name, condition: condition, parts: parts.value))
    }
  }

  /// `not`.
  fileprivate init(
    _ name: String, _ summary: String, example: String, synonyms: [String],
    _ negate: @escaping @Sendable (Condition) -> Condition
  ) {
    self.init(name, .when, .optional(nil), summary, example: example, synonyms: synonyms) { part, key, draft in
      draft.conditions.append(
        LocatedCondition(place: key, key: name, condition: negate(part.value.condition), parts: [part.value]))
    }
  }

  /// A key that says something some day.
  fileprivate init(_ name: String, _ summary: String, example: String) {
    let kind = Kind<Void>(expected: "ISO 3166 codes") { node, report in
      report.error(
        .notBuiltIn, node.head, "`\(name)` is not built in yet", help: "until it is, `client` takes blocks of addresses"
      )
      return nil
    }
    self.init(name, kind, .optional(nil), summary, example: example) { _, _, _ in }
  }
}

extension Kind where Value == LocatedCondition {
  /// A mapping of conditions, all of which must hold.
  static let when: Kind = Kind(expected: "a mapping of conditions") { node, report in
    guard let draft = Shapes.when.read(node, report) else { return nil }
    if case .mapping(let entries) = node.content, entries.isEmpty {
      report.error(
        .emptyCondition, node.place, "no condition stands here", help: "a rule that matches everyone has no `when`")
      return nil
    }
    guard let first = draft.conditions.first else { return nil }
    if draft.conditions.count == 1 { return first }
    return LocatedCondition(
      place: node.head, key: "when", condition: .all(draft.conditions.map(\.condition)), parts: draft.conditions)
  }
}

extension Kind where Value == [LocatedCondition] {
  /// What stands under `any` and `all`.
  static let conditions: Kind = Kind(expected: "a list of mappings of conditions") { node, report in
    Kind<[Located<LocatedCondition>]>.list(.when, of: "conditions").read(node, report)?.map(\.value)
  }
}
