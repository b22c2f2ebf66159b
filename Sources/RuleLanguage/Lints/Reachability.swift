// Which rule can be met on which course, and which earlier rule takes what a later one could match.

import Routing
import Wire

struct Reachability {
  private let rules: [Rule]
  /// For each rule, the courses of which it could match a client if it stood first.
  let possible: [[Course]]
  /// For each rule, those that no earlier rule takes whole.
  let courses: [[Course]]
  /// The rule that takes all that come so far, by course.
  private let takers: [Course: Int]

  /// More rules than that are not compared with each other: it would take seconds.
  private static let mostCompared = 500

  init(_ rules: [Rule], _ all: [Course]) {
    var (possible, courses, takers): ([[Course]], [[Course]], [Course: Int]) = ([], [], [:])
    for (index, rule) in rules.enumerated() {
      possible.append(all.filter { rule.answer($0) != .no })
      courses.append(possible[index].filter { takers[$0] == nil })
      for course in courses[index] where rule.answer(course) == .yes { takers[course] = index }
    }
    self.rules = rules
    self.possible = possible
    self.courses = courses
    self.takers = takers
  }

  /// Whether some rule takes every client of that course.
  func isAnswered(_ course: Course) -> Bool { takers[course] != nil }

  /// The earlier rules that together take whatever a rule could match.
  func takers(of index: Int) -> [Int] { Set(possible[index].compactMap { takers[$0] }).sorted() }

  /// The earlier rule whose condition follows from that of a rule, if one does.
  func shadow(of index: Int) -> Int? {
    guard rules.count <= Reachability.mostCompared, let condition = rules[index].condition else { return nil }
    return rules[..<index].firstIndex { rule in rule.condition.map { condition.implies($0) } ?? true }
  }
}
