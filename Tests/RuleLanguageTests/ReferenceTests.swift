import Foundation
import Testing

@testable import RuleLanguage

/// docs/rules.md is true: its tables are those of the loader, its examples load, its bad ones give the error that it shows.
@Suite struct ReferenceTests {
  private static let url = Fixture.root.appending(path: "docs/rules.md")
  private static let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""

  // MARK: Tables

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

  // MARK: Examples

  /// A block of code: what stands behind its fence, and its text.
  struct Block: Sendable, CustomTestStringConvertible {
    let line: Int
    let words: [String]
    let text: String
    var testDescription: String { "line \(line): \(words.joined(separator: " "))" }
  }

  static let blocks: [Block] = {
    var (blocks, open): ([Block], (line: Int, words: [String], lines: [String])?) = ([], nil)
    for (index, line) in text.components(separatedBy: "\n").enumerated() {
      if line.hasPrefix("```") {
        if let (start, words, lines) = open {
          blocks.append(Block(line: start, words: words, text: lines.map { $0 + "\n" }.joined()))
          open = nil
        } else {
          open = (index + 1, line.dropFirst(3).split(separator: " ").map(String.init), [])
        }
      } else {
        open?.lines.append(line)
      }
    }
    return blocks
  }()

  @Test(arguments: blocks.filter { $0.words == ["yaml"] }) func loads(_ block: Block) {
    let file = RulesFile(Array(block.text.utf8), name: "rules.yaml")
    #expect(file.diagnostics.map { $0.text(.plain) }.joined() == "")
  }

  /// Rules alone: loaded before a last rule, with the servers of the page.
  @Test(arguments: blocks.filter { $0.words == ["yaml", "rules"] }) func loadsAsRules(_ block: Block) {
    let rules = block.text.split(separator: "\n").map { "      \($0)\n" }.joined()
    let file = RulesFile(Array((ReferenceTests.head + rules + ReferenceTests.tail).utf8), name: "rules.yaml")
    let said = file.diagnostics.filter { $0.kind != .unusedServer }
    #expect(said.map { $0.text(.plain) }.joined() == "")
  }

  @Test func badExamplesGiveTheErrorThatIsShown() throws {
    let pairs = zip(ReferenceTests.blocks, ReferenceTests.blocks.dropFirst()).filter { $0.0.words == ["yaml", "bad"] }
    #expect(!pairs.isEmpty)
    for (bad, shown) in pairs {
      try #require(shown.words == ["text"])
      let file = RulesFile(Array(bad.text.utf8), name: "rules.yaml")
      #expect(difference(shown.text, file.diagnostics.map { $0.text(.plain) }.joined(separator: "\n")) == "")
    }
  }

  private static let head = """
    listeners:
      - name: smtp
        listen: 0.0.0.0:25
        dialogue: smtp
        rules:

    """
  private static let tail = """
          - { name: everyone, to: old-mta }
    servers:
      stunnel: { address: 127.0.0.1:2525, tls: [implicit, starttls], client-address: transparent }
      partner-mta: { address: 127.0.0.1:2601, client-address: proxy-v2 }
      old-mta: { address: "unix:/run/old-mta.sock", client-address: xclient }
    """
}
