import Patterns
import Testing
import Wire

@Suite struct PatternLawTests {
  /// Patterns of few letters, asked of texts of the same letters, so that most of them meet.
  @Test(arguments: 0..<8) func moreBytesChangeNoAnswer(seed: UInt64) throws {
    var dice = Dice(state: seed)
    var answers: [Answer: Int] = [:]
    for _ in 0..<4000 {
      let source = Bool.random(using: &dice) ? expression(&dice) : glob(&dice)
      guard let pattern = try? Pattern(source, ignoresCase: false) else { continue }
      let text = (0..<Int.random(in: 0...7, using: &dice)).map { _ in "aab\r\n".utf8.randomElement(using: &dice)! }
      let cut = Int.random(in: 0...text.count, using: &dice)
      let early = pattern.asked(text[..<cut], isWhole: false)
      answers[early, default: 0] += 1
      if early == .notYet { continue }
      #expect(pattern.asked(text, isWhole: false) == early, "\(source) of \(text), after \(cut)")
      #expect(pattern.asked(text, isWhole: true) == early, "\(source) of \(text), after \(cut)")
    }
    // The law says nothing about patterns that never answer.
    #expect(answers.values.allSatisfy { $0 > 100 } && answers.count == 3)
  }

  @Test func wholeBytesAreAlwaysAnswered() {
    var dice = Dice(state: 7)
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 0...7, using: &dice)).map { _ in UInt8.random(in: .min ... .max, using: &dice) }
      guard let pattern = try? Pattern(expression(&dice), ignoresCase: false) else { continue }
      #expect(pattern.asked(text, isWhole: true) != .notYet)
    }
  }

  /// A glob settles at the first byte that settles it: while it is not yet, one end says yes and another no.
  @Test func aGlobThatIsNotYetCanStillGoBothWays() throws {
    var dice = Dice(state: 3)
    for _ in 0..<4000 {
      let pattern = try Pattern(glob(&dice), ignoresCase: false)
      let text = (0..<Int.random(in: 0...4, using: &dice)).map { _ in "ab".utf8.randomElement(using: &dice)! }
      guard pattern.asked(text, isWhole: false) == .notYet else { continue }
      let outcomes = Set(ends(upTo: 5).map { pattern.asked((text + $0), isWhole: true) })
      #expect(outcomes == [.yes, .no], "\(pattern.source) of \(text)")
    }
  }

  private func ends(upTo count: Int) -> [[UInt8]] {
    (0..<count).reduce(into: [[]]) { ends, _ in
      ends = [[]] + ends.flatMap { end in "abz".utf8.map { end + [$0] } }
    }
  }

  private func glob(_ dice: inout Dice) -> String {
    String((0..<Int.random(in: 0...5, using: &dice)).map { _ in "ab*?".randomElement(using: &dice)! })
  }

  /// All that looks at the end of the bytes, around a few letters.
  private func expression(_ dice: inout Dice) -> String {
    let parts = [
      "a", "b", ".", #"\r"#, #"\n"#, #"\R"#, "^", "$", #"\b"#, #"\B"#, #"\A"#, #"\z"#, #"\G"#, "(?=", "(?!", "(?<=a.)",
      "(?<!b)", "(?>", "(?<=.)", "(", "(?:", ")", ")", ")*", ")+?", "|", "*", "+", "?", "{2}", "*+", #"\1"#, #"\K"#,
      "[^a]", #"\X"#, "(?m)", "(?s)", "(*ACCEPT)", "(?(?=a)", "a", "b", "ab",
    ]
    let body = (0..<Int.random(in: 1...6, using: &dice)).map { _ in parts.randomElement(using: &dice)! }.joined()
    let flags = "imsx".filter { _ in Int.random(in: 0..<3, using: &dice) == 0 }
    let open =
      body.matches(of: /\((?!\*)/).count - body.matches(of: /\)/).count + body.matches(of: /\(\*ACCEPT\)/).count
    return "/\(Bool.random(using: &dice) ? "^" : "")\(body)\(String(repeating: ")", count: max(0, open)))/\(flags)"
  }
}
