// Whether one condition follows from another, where that can be told. Never claims what is not so; may miss what is.

import Patterns
import Routing
import Wire

extension Condition {
  /// Whether every client that meets this one is known to meet the other.
  func implies(_ other: Condition) -> Bool {
    switch (self, other) {
    case (.any(let parts), _): parts.allSatisfy { $0.implies(other) }
    case (_, .all(let parts)): parts.allSatisfy { implies($0) }
    case (.all(let parts), .any(let others)):
      parts.contains { $0.implies(other) } || others.contains { implies($0) }
    case (.all(let parts), _): parts.contains { $0.implies(other) }
    case (_, .any(let others)): others.contains { implies($0) }
    case (.not(let part), .not(let otherPart)): otherPart.implies(part)
    case (.test(let test), .test(let otherTest)): test.implies(otherTest)
    case (.not, .test), (.test, .not): false
    }
  }
}

extension Test {
  fileprivate func implies(_ other: Test) -> Bool {
    switch (self, other) {
    case (.client(let mine), .client(let others)), (.local(let mine), .local(let others)):
      mine.allSatisfy { network in others.contains { $0.contains(network) } }
    case (.tls(let mine), .tls(let others)): mine.isSubset(of: others)
    case (.sni(let mine), .sni(let others)), (.ja4(let mine), .ja4(let others)), (.helo(let mine), .helo(let others)),
      (.tlsVersion(let mine), .tlsVersion(let others)), (.mailFrom(let mine), .mailFrom(let others)):
      mine.areCovered(by: others, ignoringCase: true)
    case (.alpn(let mine), .alpn(let others)), (.firstBytes(let mine), .firstBytes(let others)):
      mine.areCovered(by: others, ignoringCase: false)
    case (.protocolName(let mine), .protocolName(let others)), (.command(let mine), .command(let others)):
      Set(mine).isSubset(of: others)
    case (.silent(let mine), .silent(let other)), (.early(let mine), .early(let other)): mine == other
    default: false
    }
  }
}

extension [Pattern] {
  fileprivate func areCovered(by others: [Pattern], ignoringCase: Bool) -> Bool {
    allSatisfy { mine in
      others.contains { Spelling(mine, ignoringCase).isCovered(by: Spelling($0, ignoringCase), $0) }
    }
  }
}

/// A pattern as it is written.
private struct Spelling {
  let text: String
  let isExpression: Bool

  init(_ pattern: Pattern, _ ignoresCase: Bool) {
    isExpression = pattern.source.hasPrefix("/")
    text = ignoresCase && !isExpression ? pattern.source.lowercased() : pattern.source
  }

  private var hasWildcards: Bool { text.contains { $0 == "*" || $0 == "?" } }

  /// Whether all that this matches is matched by the other, too.
  func isCovered(by other: Spelling, _ pattern: Pattern) -> Bool {
    if text == other.text { return true }
    guard !isExpression, !other.isExpression else { return false }
    if !hasWildcards { return pattern.matches(text) }
    // `*.example` covers whatever ends in `.example`, `mx*` whatever begins with `mx`.
    let end = other.text.dropFirst()
    if other.text.hasPrefix("*"), !end.contains(where: { $0 == "*" || $0 == "?" }) { return text.hasSuffix(end) }
    let start = other.text.dropLast()
    return other.text.hasSuffix("*") && !start.contains { $0 == "*" || $0 == "?" } && text.hasPrefix(start)
  }
}
