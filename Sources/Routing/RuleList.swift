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
public struct RuleList: Sendable {
  /// In order.
  public let rules: [Rule]
  /// Whether any of them asks for `first-bytes`.
  public let readsFirstBytes: Bool

  /// - Parameter rules: in order.
  public init(_ rules: [Rule]) {
    self.rules = rules
    self.readsFirstBytes = false
  }

  /// What they say of a client of whom that is known.
  public func decide(_ facts: Facts) -> Decision { .notYet }

  /// The rules that can still win, in order: those that are not no, up to the first that is yes.
  public func reachable(_ facts: Facts) -> [Int] { [] }
}
