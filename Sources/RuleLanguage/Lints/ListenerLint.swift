// Warnings about the rules of one listener: each rule is tried on every course that a client can take.

import Routing
import Wire

struct ListenerLint {
  let draft: ListenerDraft
  let listener: Listener
  let configuration: Configuration
  let report: Report

  var dialogue: Bool { listener.dialogue != nil }
  var courses: [Course] { Course.all(dialogue: dialogue) }
  var rules: [Rule] { listener.rules.rules }
  /// As `rules`.
  var drafts: [RuleDraft] { (draft.rules?.value ?? []).map(\.value) }

  func run() {
    let drafts = self.drafts
    let reachability = Reachability(rules, courses)
    for index in rules.indices {
      warnOfUnknowable(drafts[index].when?.value)
      warnOfDead(index, drafts, reachability)
      warnOfTLS(index, drafts[index], reachability.courses[index])
      refuseHiddenTLS(index, drafts[index], reachability.courses[index])
    }
    warnOfUnanswered(reachability)
    warnOfKeysWithoutUse()
    warnOfLimits()
    warnOfAddressFamilies()
  }

  // MARK: Rules that never match

  private func warnOfDead(_ index: Int, _ drafts: [RuleDraft], _ reachability: Reachability) {
    let (draft, name) = (drafts[index], rules[index].name)
    if reachability.possible[index].isEmpty {
      guard let when = draft.when, !hasUnknowable(when.value) else { return }
      report.warning(
        .contradiction, when.place, "no client meets all conditions of `\(name)`: they exclude each other")
    } else if reachability.courses[index].isEmpty {
      let takers = reachability.takers(of: index)
      warnOfShadow(index, drafts, takers)
    } else if let taker = reachability.shadow(of: index) {
      warnOfShadow(index, drafts, [taker])
    }
  }

  private func warnOfShadow(_ index: Int, _ drafts: [RuleDraft], _ takers: [Int]) {
    let names = takers.map { "`\(rules[$0].name)`" }
    report.warning(
      .neverMatches, drafts[index].place,
      "`\(rules[index].name)` never matches: every client that it could match is taken by \(enumeration(names)) before",
      help: "move it up, or remove it",
      notes: takers.map { (drafts[$0].place, drafts[$0].when == nil ? "this takes everyone" : "this takes them") })
  }

  // MARK: Conditions that are never known

  private func warnOfUnknowable(_ condition: LocatedCondition?) {
    guard let condition else { return }
    for part in condition.parts { warnOfUnknowable(part) }
    guard case .test(let test) = condition.condition else { return }
    if case .command(let verbs) = test { warnOfVerbs(verbs, condition.place) }
    guard isUnknowable(condition) else { return }
    report.warning(
      .neverKnown, condition.place, "`\(condition.key): \(test.wanted)` never holds here: \(reason(test))",
      help: dialogue ? nil : "`dialogue: smtp` in the listener has silent clients of mail spoken with")
  }

  private func warnOfVerbs(_ verbs: [String], _ place: Place) {
    for verb in verbs where !Verbs.known.contains(verb) {
      report.warning(
        .unknownVerb, place, "SMTP has no command `\(verb)` that usher knows of",
        help: Verbs.known.suggestion(for: verb))
    }
    // Where all of them are such, the condition never holds, and that is said.
    let idle = verbs.filter(Verbs.answered.contains)
    guard dialogue, !idle.isEmpty, idle.count < verbs.count else { return }
    report.warning(.neverKnown, place, "`command` never is \(enumeration(idle, "or")) here: \(Verbs.reason)")
  }

  private func isUnknowable(_ condition: LocatedCondition) -> Bool {
    courses.allSatisfy { condition.condition.answer($0) == .no }
  }

  private func hasUnknowable(_ condition: LocatedCondition) -> Bool {
    if case .test = condition.condition { return isUnknowable(condition) }
    return condition.parts.contains(where: hasUnknowable)
  }

  private func reason(_ test: Test) -> String {
    if case .command = test, dialogue { return Verbs.reason }
    return "it comes up in a dialogue, and the listener has none"
  }

  // MARK: Clients without an answer

  private func warnOfUnanswered(_ reachability: Reachability) {
    guard let last = drafts.last else { return }
    var words: [String] = []
    for course in courses where !reachability.isAnswered(course) {
      let word = course.words
      if !words.contains(word) { words.append(word) }
    }
    guard !words.isEmpty else { return }
    report.warning(
      .unanswered, last.place,
      "behind this rule a client that \(enumeration(words, "or")) can be left without an answer",
      help: "end with a rule that has no `when`; it can `reject` or `drop`")
  }
}
