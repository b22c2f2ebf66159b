import Routing
import Wire

// What the rules make of a story: each answer at each moment, and the moment of the decision.

/// A rule or a condition, and its answers, one a moment.
struct Line: Sendable, Hashable {
  /// 0 for a rule, more for what stands under it.
  var depth: Int
  /// A rule's name, or `key: value`.
  var text: String
  var answers: [Answer]

  /// The moment from which its last answer holds.
  var since: Int { (answers.lastIndex { $0 != answers.last } ?? -1) + 1 }
}

/// A rule in the light of a story.
struct Reason: Sendable, Hashable {
  var index: Int
  var rule: Line
  /// What stands under `when`, with what stands under that.
  var conditions: [Line]
}

/// What the rules make of a story.
struct Reasoning {
  /// Up to the decision.
  let moments: [Moment]
  /// What the client does after it: nobody asks.
  let unasked: [Moment]
  let decision: Decision
  /// One a rule, in order.
  let reasons: [Reason]

  init(_ story: Story, _ rules: RuleList) {
    let end = story.moments.firstIndex { rules.conclude($0.facts) != .notYet } ?? story.moments.count - 1
    let moments = Array(story.moments[...end])
    self.moments = moments
    unasked = story.moments[(end + 1)...].filter { $0.name != Story.graceOver }
    decision = rules.conclude(moments[end].facts)
    let explanations = moments.map { rules.explain($0.facts) }
    reasons = rules.rules.indices.map { index in
      Reason(
        index: index,
        rule: Line(depth: 0, text: rules.rules[index].name, answers: explanations.map { $0[index].answer }),
        conditions: Reasoning.lines(explanations.map { $0[index].conditions }, depth: 1))
    }
  }

  /// The same conditions at each moment, as lines.
  private static func lines(_ conditions: [[ConditionExplanation]], depth: Int) -> [Line] {
    conditions[0].indices.flatMap { index in
      let one = conditions.map { $0[index] }
      let text = one[0].wanted.isEmpty ? one[0].key : "\(one[0].key): \(one[0].wanted)"
      return [Line(depth: depth, text: text, answers: one.map(\.answer))]
        + (one[0].parts.isEmpty ? [] : lines(one.map(\.parts), depth: depth + 1))
    }
  }

  /// Why that rule is not the one: a sentence without a full stop.
  func whyNot(_ reason: Reason) -> String {
    switch (decision, reason.rule.answers.last) {
    case (.rule(let winner), let answer) where reason.index > winner:
      let word = answer == .yes ? "yes as well" : answer == .no ? "no anyway" : "not known yet"
      return "not asked: rule \(winner + 1) comes before it (\(word))"
    case (_, .no): return "no since \(moments[reason.rule.since].name)\(blame(reason, .no))"
    case (_, .yes): return "yes, but an earlier one may still be"
    default: return "not yet\(blame(reason, .notYet))"
    }
  }

  /// The condition that settled it, or keeps it open.
  private func blame(_ reason: Reason, _ answer: Answer) -> String {
    let guilty = reason.conditions.filter { $0.depth == 1 && $0.answers.last == answer }.min { $0.since < $1.since }
    return guilty.map { ": \($0.text.printable)" } ?? ""
  }
}
