// What a rule cannot do without, read off its condition.

import Patterns
import Wire

/// What a rule needs of a fact to match.
enum Need: Sendable, Hashable {
  case network(Network)
  case text(Literal)
  case number(Int)

  var key: RuleKey {
    switch self {
    case .network(let network): RuleKey(network.base, prefix: network.prefix)
    case .text(.whole(let bytes)): RuleKey(TextHash(bytes.reversed()), .whole)
    case .text(.end(let bytes)): RuleKey(TextHash(bytes.reversed()), .end)
    case .text(.beginning(let bytes)): RuleKey(TextHash(bytes), .beginning)
    case .number(let number): RuleKey(number: number)
    }
  }

  func cut(to longest: Int) -> Need {
    switch self {
    case .text(.whole(let bytes)) where bytes.count > longest: .text(.end(bytes.suffix(longest)))
    case .text(.end(let bytes)): .text(.end(bytes.suffix(longest)))
    case .text(.beginning(let bytes)): .text(.beginning(Array(bytes.prefix(longest))))
    default: self
    }
  }
}

extension Condition {
  /// For facts that it needs something of, all that would do; whatever else it says, without one of them it does not hold.
  var needs: [KeyedFact: [Need]] {
    switch self {
    case .test(let test): test.needs.map { [$0.fact: $0.needs] } ?? [:]
    // Each part must hold, so either of two that ask the same fact will do.
    case .all(let parts): parts.reduce(into: [:]) { $0.merge($1.needs) { first, _ in first } }
    case .any, .not: [:]
    }
  }
}

extension Test {
  /// Nil for one that a key cannot help with.
  fileprivate var needs: (fact: KeyedFact, needs: [Need])? {
    switch self {
    case .client(let networks): (.client, networks.map { .network($0) })
    case .local(let networks): (.local, networks.map { .network($0) })
    case .tls(let wanted): (.beginning, Test.beginnings(wanted))
    case .silent(let wanted): (.silent, [.number(wanted ? 1 : 0)])
    case .early(let wanted): (.early, [.number(wanted ? 1 : 0)])
    case .protocolName(let words): (.protocolName, words.map(Test.need))
    case .command(let words): (.command, words.map(Test.need))
    case .sni(let patterns): Test.needs(.sni, patterns)
    case .alpn(let patterns): Test.needs(.alpn, patterns)
    case .ja4(let patterns): Test.needs(.ja4, patterns)
    case .tlsVersion(let patterns): Test.needs(.tlsVersion, patterns)
    case .helo(let patterns): Test.needs(.helo, patterns)
    case .mailFrom(let patterns): Test.needs(.mailFrom, patterns)
    case .firstBytes: nil
    }
  }

  private static func needs(_ fact: KeyedFact, _ patterns: [Pattern]) -> (fact: KeyedFact, needs: [Need])? {
    let literals = patterns.compactMap(\.literal)
    return literals.count == patterns.count ? (fact, literals.map { .text($0) }) : nil
  }

  private static func need(_ word: String) -> Need { .text(.whole(Array(word.lowercased().utf8))) }

  /// All states of what is known of a beginning that do not rule it out.
  private static func beginnings(_ wanted: Beginning) -> [Need] {
    (0...Beginning.any.rawValue).filter { Beginning(rawValue: $0).isOne(of: wanted) != .no }.map { .number(Int($0)) }
  }
}
