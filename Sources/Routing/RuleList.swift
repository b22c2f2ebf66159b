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
  /// How many servers they name.
  let serverCount: Int
  /// Nil where asking them all is cheaper.
  private let index: RuleIndex?

  /// From so many rules on an index is cheaper than asking them all.
  private static let few = 6

  /// - Parameter rules: in order.
  public init(_ rules: [Rule]) {
    self.rules = rules
    readsFirstBytes = rules.contains { $0.condition?.readsFirstBytes ?? false }
    serverCount = Set(rules.compactMap { if case .to(let server, _) = $0.action { server } else { nil } }).count
    index = rules.count < RuleList.few ? nil : RuleIndex(rules)
  }

  /// What they say of a client of whom that is known.
  public func decide(_ facts: Facts) -> Decision {
    var decision = Decision.none
    ask(facts) { index, answer in
      decision = answer == .yes ? .rule(index) : .notYet
      return false
    }
    return decision
  }

  /// The rules that can still win, in order: those that are not no, up to the first that is yes.
  public func reachable(_ facts: Facts) -> [Int] {
    var reachable: [Int] = []
    ask(facts) { index, answer in
      reachable.append(index)
      return true
    }
    return reachable
  }

  /// Asks them in order up to the first that is yes.
  /// - Parameter isWorthMore: is told of those that are not no, and says whether to go on.
  func ask(_ facts: Facts, _ isWorthMore: (Int, Answer) -> Bool) {
    guard var candidates = index?.candidates(facts) else {
      for index in rules.indices where !hear(index, facts, isWorthMore) { return }
      return
    }
    while let index = candidates.next() {
      if !hear(index, facts, isWorthMore) { return }
    }
  }

  private func hear(_ index: Int, _ facts: Facts, _ isWorthMore: (Int, Answer) -> Bool) -> Bool {
    // A span lends the rule; an array would copy it first.
    let answer = rules.span[index].answer(facts)
    return answer == .no || isWorthMore(index, answer) && answer != .yes
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
    case .all(let parts): Condition.all(parts, facts)
    case .any(let parts): Condition.any(parts, facts)
    case .not(let part): !part.answer(facts)
    }
  }

  // Without closures, which would copy the facts to keep them.

  private static func all(_ parts: [Condition], _ facts: Facts) -> Answer {
    var all = Answer.yes
    for index in parts.indices {
      let answer = parts[index].answer(facts)
      if answer == .no { return .no }
      all = all && answer
    }
    return all
  }

  private static func any(_ parts: [Condition], _ facts: Facts) -> Answer {
    var any = Answer.no
    for index in parts.indices {
      let answer = parts[index].answer(facts)
      if answer == .yes { return .yes }
      any = any || answer
    }
    return any
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
