import Foundation
import Testing

@testable import RuleLanguage

/// docs/rules.md is true: its tables are those of the loader. (Its examples: `ExampleTests`.)
@Suite struct ReferenceTests {
  private static let url = Fixture.root.appending(path: "docs/rules.md")
  private static let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""

  /// `USHER_WRITE_FIXTURES=1` writes the tables anew.
  @Test(arguments: Shapes.all) func hasTheSameKeys(_ table: Shapes.Table) throws {
    let lines = ReferenceTests.text.components(separatedBy: "\n")
    let marker = "<!-- keys: \(table.word) -->"
    let start = try #require(lines.firstIndex(of: marker), "no place for the keys of \(table.noun)")
    let below: ArraySlice<String> = lines[(start + 1)...]
    let behind: ArraySlice<String> = below.drop { $0.isEmpty }
    let found: ArraySlice<String> = behind.prefix { $0.hasPrefix("|") }
    let expected = ReferenceTests.rows(table)
    #expect(difference(expected.joined(separator: "\n"), found.joined(separator: "\n")) == "")
  }

  @Test(.enabled(if: Fixture.isWriting)) func writesTables() throws {
    var lines = ReferenceTests.text.components(separatedBy: "\n")
    for table in Shapes.all {
      let start = try #require(lines.firstIndex(of: "<!-- keys: \(table.word) -->"))
      let below: ArraySlice<String> = lines[(start + 1)...]
      let rest: ArraySlice<String> = below.drop { $0.isEmpty || $0.hasPrefix("|") }
      lines.replaceSubrange((start + 1)..<rest.startIndex, with: [""] + ReferenceTests.rows(table) + [""])
    }
    try Data(lines.joined(separator: "\n").utf8).write(to: ReferenceTests.url)
  }

  private static func rows(_ table: Shapes.Table) -> [String] {
    ["| key | value | default | | example |", "| --- | --- | --- | --- | --- |"]
      + table.rows.map { row in
        let standard = row.isRequired ? "required" : row.standard.map { "`\($0)`" } ?? ""
        let cells = ["`\(row.name)`", row.expected, standard, row.summary, "`\(row.example)`"]
        return "| \(cells.map { $0.replacingOccurrences(of: "|", with: "\\|") }.joined(separator: " | ")) |"
      }
  }

  @Test func explainsEveryDiagnostic() {
    let section = ReferenceTests.text.components(separatedBy: "## What check says").last ?? ""
    let names = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap {
      $0.split(separator: "`").dropFirst().first
    }
    #expect(names.map(String.init) == DiagnosticKind.allCases.map(\.rawValue))
  }
}
