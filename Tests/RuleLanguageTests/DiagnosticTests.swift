import Foundation
import RuleLanguage
import Testing

/// How diagnostics are shown.
@Suite struct DiagnosticTests {
  private static let diagnostics = (Fixture.bad + Fixture.warned).flatMap(\.file.diagnostics)

  @Test func colourChangesNoWord() {
    for diagnostic in DiagnosticTests.diagnostics {
      let coloured = diagnostic.text(.coloured)
      #expect(coloured.contains("\u{1B}[1;3"))
      #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == diagnostic.text(.plain))
    }
  }

  @Test func toolsReadTheSame() throws {
    for diagnostic in DiagnosticTests.diagnostics {
      #expect(!diagnostic.json.contains("\n"))
      let object = try JSONSerialization.jsonObject(with: Data(diagnostic.json.utf8))
      let json = try #require(object as? [String: Any])
      #expect(json["severity"] as? String == diagnostic.severity.rawValue)
      #expect(json["kind"] as? String == diagnostic.kind.rawValue)
      #expect(json["file"] as? String == diagnostic.file)
      #expect(json["line"] as? Int == diagnostic.line)
      #expect(json["column"] as? Int == diagnostic.column)
      #expect(json["length"] as? Int == diagnostic.length)
      #expect(json["message"] as? String == diagnostic.message)
      #expect(json["help"] as? String == diagnostic.help)
      let notes = try #require(json["notes"] as? [[String: Any]])
      #expect(notes.map { $0["message"] as? String } == diagnostic.notes.map(\.message))
    }
  }

  /// A rules file cannot make a terminal do things.
  @Test func noByteOfTheFileReachesTheTerminal() {
    let file = RulesFile(Array("listeners: \u{1B}]0;title\u{07}\n".utf8), name: "evil\u{1B}[2J.yaml")
    #expect(!file.diagnostics.isEmpty)
    for diagnostic in file.diagnostics {
      #expect(diagnostic.text(.plain).unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    }
  }

  /// The part of a long line that is meant stays in sight, and above its underline.
  @Test(arguments: [0, 1, 60, 100, 130, 1000]) func aLongLineIsCut(_ indent: Int) throws {
    let text =
      "listeners: [" + String(repeating: " ", count: indent) + "wrong" + String(repeating: ", x", count: 100) + "]\n"
    let diagnostic = try #require(RulesFile(Array(text.utf8), name: "long.yaml").diagnostics.first)
    let lines = diagnostic.text(.plain).split(separator: "\n").map(Array.init)
    let caret = try #require(lines[2].firstIndex(of: "^"))
    #expect(lines[1].count <= 130)
    #expect(String(lines[1][caret..<(caret + 5)]) == "wrong")
    #expect(String(lines[2][caret...]) == "^~~~~")
  }

  @Test func ofManyErrorsTheFirstAreSaid() {
    let text = "listeners: [" + String(repeating: "x, ", count: 2000) + "]\n"
    let file = RulesFile(Array(text.utf8), name: "many.yaml")
    #expect(file.diagnostics.count == 501)
    #expect(file.diagnostics.last?.kind == .andMore)
    #expect(file.configuration == nil)
  }

  @Test func ofManyValuesTheReaderGivesUp() {
    let text = "listeners: [" + String(repeating: "[],", count: 1_000_001) + "]\n"
    #expect(RulesFile(Array(text.utf8), name: "many.yaml").diagnostics.map(\.kind) == [.tooLarge])
  }
}
