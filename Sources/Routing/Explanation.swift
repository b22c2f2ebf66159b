// Why a client goes where it goes, in the words of its rules file. What is explained is what is decided: each answer is the
// one that the fold takes, but none is left out because an earlier one settled it.

public import Wire

/// What one rule says of a client, and why.
public struct RuleExplanation: Sendable, Hashable {
  /// Its index in the list.
  public let index: Int
  /// As it is called in the rules file.
  public let name: String
  /// Whether it applies.
  public let answer: Answer
  /// What stands under `when`, in order; empty when it applies to everyone.
  public let conditions: [ConditionExplanation]
}

/// What one key of `when:` says of a client.
public struct ConditionExplanation: Sendable, Hashable {
  /// As it is written in the rules file: `tls`, `helo`, `any`, …
  public let key: String
  /// The value beside it, as it could be written there; empty for `any`, `all` and `not`.
  public let wanted: String
  /// Whether it holds.
  public let answer: Answer
  /// What stands under it, in order; empty but for `any`, `all` and `not`.
  public let parts: [ConditionExplanation]
}

extension RuleList {
  /// What each rule says of a client of whom that is known, in order, also behind the one that wins.
  public func explain(_ facts: Facts) -> [RuleExplanation] {
    rules.enumerated().map { index, rule in
      let conditions: [ConditionExplanation] =
        switch rule.condition {
        case nil: []
        // A `when` of several keys: all of them, without a word.
        case .all(let parts): parts.map { $0.explain(facts) }
        case .some(let condition): [condition.explain(facts)]
        }
      return RuleExplanation(index: index, name: rule.name, answer: rule.answer(facts), conditions: conditions)
    }
  }
}

extension Condition {
  /// What it says of a client of whom that is known, with what stands under it.
  public func explain(_ facts: Facts) -> ConditionExplanation {
    let (key, wanted, parts): (String, String, [Condition]) =
      switch self {
      case .test(let test): (test.key, test.wanted, [])
      case .all(let parts): ("all", "", parts)
      case .any(let parts): ("any", "", parts)
      case .not(let part): ("not", "", [part])
      }
    return ConditionExplanation(
      key: key, wanted: wanted, answer: answer(facts), parts: parts.map { $0.explain(facts) })
  }
}

extension Test {
  /// Its key in a rules file.
  public var key: String {
    switch self {
    case .client: "client"
    case .local: "local"
    case .tls: "tls"
    case .sni: "sni"
    case .alpn: "alpn"
    case .ja4: "ja4"
    case .tlsVersion: "tls-version"
    case .protocolName: "protocol"
    case .silent: "silent"
    case .early: "early"
    case .helo: "helo"
    case .command: "command"
    case .mailFrom: "mail-from"
    case .firstBytes: "first-bytes"
    }
  }

  /// Its value, as it could be written in a rules file.
  public var wanted: String {
    switch self {
    case .client(let networks), .local(let networks): Test.list(networks.map(\.description))
    case .tls(let beginning): Test.word(beginning)
    case .silent(let wanted), .early(let wanted): "\(wanted)"
    case .protocolName(let words), .command(let words): Test.list(words)
    case .sni(let patterns), .alpn(let patterns), .ja4(let patterns), .tlsVersion(let patterns), .helo(let patterns),
      .mailFrom(let patterns), .firstBytes(let patterns):
      Test.list(patterns.map(\.source))
    }
  }

  private static func list(_ values: [String]) -> String {
    values.count == 1 ? values[0] : "[\(values.joined(separator: ", "))]"
  }

  private static func word(_ beginning: Beginning) -> String {
    if beginning == [.implicit, .startTLS] { return "true" }
    let words: [(Beginning, String)] = [(.plaintext, "false"), (.implicit, "implicit"), (.startTLS, "starttls")]
    return list(words.filter { beginning.contains($0.0) }.map(\.1))
  }
}
