public import Wire

/// What the rules say of a client.
public enum Decision: Sendable, Hashable {
  /// The rule of that index.
  case rule(Int)
  /// It depends on what is not known yet.
  case notYet
  /// No rule will match.
  case none
}

/// The rules of a listener: the first that is yes wins, unless an earlier one is not yet.
///
/// A decision is final: facts that say more, and take nothing back, have the same one.
public struct RuleList: Sendable {
  /// In order.
  public let rules: [Rule]
  /// Whether any of them asks for `first-bytes`.
  public let readsFirstBytes: Bool

  /// - Parameter rules: in order.
  public init(_ rules: [Rule]) {
    self.rules = rules
    readsFirstBytes = rules.contains { $0.condition?.readsFirstBytes ?? false }
  }

  /// What they say of a client of whom that is known.
  public func decide(_ facts: Facts) -> Decision {
    for index in rules.indices {
      switch rules[index].answer(facts) {
      case .yes: return .rule(index)
      case .notYet: return .notYet
      case .no: continue
      }
    }
    return .none
  }

  /// The rules that can still win, in order: those that are not no, up to the first that is yes.
  public func reachable(_ facts: Facts) -> [Int] {
    var reachable: [Int] = []
    for index in rules.indices {
      let answer = rules[index].answer(facts)
      if answer != .no { reachable.append(index) }
      if answer == .yes { break }
    }
    return reachable
  }
}

extension Rule {
  /// Whether it applies; one without a condition always does.
  public func answer(_ facts: Facts) -> Answer { condition?.answer(facts) ?? .yes }
}

extension Condition {
  /// Whether it holds for a client of whom that is known.
  public func answer(_ facts: Facts) -> Answer {
    switch self {
    case .test(let test): test.answer(facts)
    case .all(let parts): parts.all { $0.answer(facts) }
    case .any(let parts): parts.any { $0.answer(facts) }
    case .not(let part): !part.answer(facts)
    }
  }

  fileprivate var readsFirstBytes: Bool {
    switch self {
    case .test(.firstBytes): true
    case .test: false
    case .all(let parts), .any(let parts): parts.contains { $0.readsFirstBytes }
    case .not(let part): part.readsFirstBytes
    }
  }
}
