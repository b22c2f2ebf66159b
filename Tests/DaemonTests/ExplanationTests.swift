import Foundation
import Testing

/// fixtures/explain: a command as an administrator types it, and all that it prints.
@Suite struct ExplanationTests {
  static let fixtures: [String] = {
    let folder = Program.root.appendingPathComponent("fixtures/explain")
    return (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
  }()

  @Test(arguments: fixtures) func theFixtureIsWhatIsPrinted(name: String) throws {
    let text = try Program.contents("fixtures/explain/\(name)")
    let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    let words = lines[0].split(separator: " ").map { $0.trimmingCharacters(in: ["'"]) }
    #expect(words.prefix(3) == ["$", "usher", "explain"])
    let ending = try Program.run(Array(words.dropFirst(2)))
    #expect(ending.output == String(lines[1]))
    #expect(ending.code == 0)
  }

  @Test func thereAreFixtures() { #expect(Self.fixtures.count > 10) }
}
