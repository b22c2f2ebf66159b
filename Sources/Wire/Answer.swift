// A question about bytes that are still arriving has three answers. Nothing in usher returns a Bool about a prefix.
//
// Answers obey two laws, which the tests run over everything that gives one:
//   monotonic  once yes or no, more bytes never change it;
//   early      the first byte that settles it settles it.

/// The answer to a question about bytes, or facts, that are still arriving: Kleene's strong three-valued logic.
public enum Answer: Sendable, Hashable {
  /// True, whatever comes.
  case yes
  /// False, whatever comes.
  case no
  /// What is known so far does not settle it.
  case notYet

  /// The answer to a question that a plain truth settles.
  @inlinable public init(_ truth: Bool) { self = truth ? .yes : .no }

  /// The answer, if it is settled.
  @inlinable public var settled: Bool? {
    switch self {
    case .yes: true
    case .no: false
    case .notYet: nil
    }
  }

  /// Negation: what is not yet known stays so.
  @inlinable public static prefix func ! (answer: Answer) -> Answer {
    switch answer {
    case .yes: .no
    case .no: .yes
    case .notYet: .notYet
    }
  }

  /// Conjunction: no as soon as one side is, yes when both are. The right side is not asked when the left is no.
  @inlinable public static func && (left: Answer, right: @autoclosure () -> Answer) -> Answer {
    switch left {
    case .no: .no
    case .yes: right()
    case .notYet: right() == .no ? .no : .notYet
    }
  }

  /// Disjunction: yes as soon as one side is, no when both are. The right side is not asked when the left is yes.
  @inlinable public static func || (left: Answer, right: @autoclosure () -> Answer) -> Answer {
    switch left {
    case .yes: .yes
    case .no: right()
    case .notYet: right() == .yes ? .yes : .notYet
    }
  }
}

extension Sequence {
  /// Yes when all are, no as soon as one is, otherwise not yet; yes of nothing.
  @inlinable public func all(_ ask: (Element) -> Answer) -> Answer {
    var answer = Answer.yes
    for element in self {
      answer = answer && ask(element)
      if answer == .no { return .no }
    }
    return answer
  }

  /// Yes as soon as one is, no when all are, otherwise not yet; no of nothing.
  @inlinable public func any(_ ask: (Element) -> Answer) -> Answer {
    var answer = Answer.no
    for element in self {
      answer = answer || ask(element)
      if answer == .yes { return .yes }
    }
    return answer
  }
}
