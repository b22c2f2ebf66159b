import Testing
import Wire

private let answers: [Answer] = [.yes, .no, .notYet]

@Suite struct AnswerTests {
  @Test(arguments: answers, answers) func logicAgreesWithEveryFuture(left: Answer, right: Answer) {
    #expect((left && right).settled == common(left, right) { $0 && $1 })
    #expect((left || right).settled == common(left, right) { $0 || $1 })
  }

  /// What a two-valued operator says when it says the same for all values that are still possible, else nil.
  private func common(_ left: Answer, _ right: Answer, _ operation: (Bool, Bool) -> Bool) -> Bool? {
    let outcomes = futures(left).flatMap { l in futures(right).map { r in operation(l, r) } }
    return Set(outcomes).count == 1 ? outcomes.first : nil
  }

  private func futures(_ answer: Answer) -> [Bool] { answer.settled.map { [$0] } ?? [true, false] }

  @Test func nothingIsAllAndNotAny() {
    #expect([Answer]().all { $0 } == .yes)
    #expect([Answer]().any { $0 } == .no)
  }
}
