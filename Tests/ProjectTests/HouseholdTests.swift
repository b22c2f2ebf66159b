import Testing

/// Nothing is left over, and nothing depends on where somebody works.
@Suite struct HouseholdTests {
  /// What is a fixture is read by a test, or is a seed of the fuzzer.
  @Test func everyFixtureIsUsed() throws {
    let readers = Repository.files(below: "Tests", ending: ".swift") + ["fuzz/run"]
    let text = try readers.map(Repository.text).joined()
    for folder in Set(
      Repository.files(below: "fixtures", ending: "").compactMap { $0.split(separator: "/").dropFirst().first })
    {
      #expect(text.contains("fixtures/\(folder)") || text.contains("\"\(folder)\""), "fixtures/\(folder)")
    }
  }

  /// Every file of rules/ is told of in the README, and put to work by a test.
  @Test func everyRulesFileIsShown() throws {
    let readme = try Repository.text("README.md")
    let test = try Repository.text("Tests/EndToEndTests/RulesFolderTests.swift")
    for path in Repository.files(below: "rules", ending: "") where !path.hasSuffix("schema.json") {
      #expect(readme.contains("(\(path))"), "\(path)")
      #expect(test.contains(path.dropFirst("rules/".count)), "\(path)")
    }
  }

  static let hosts: Set = [
    "github.com", "www.swift.org", "www.apache.org", "www.w3.org", "json-schema.org", "localhost", "127.0.0.1",
  ]

  @Test func onlyKnownHostsAndNoPathsOfAWorkplace() throws {
    let endings = [
      ".swift", ".md", ".yaml", ".py", ".c", ".h", ".json", "Makefile", "/run", "/bootstrap", "/server-image",
    ]
    for path in endings.flatMap({ Repository.files(below: "", ending: $0) }) where !path.hasPrefix(".") {
      // Some fixtures are no text.
      guard let text = try? Repository.text(path) else { continue }
      #expect(!text.contains(/(?:^|[\s"'=(`])\/(?:work|home|Users)\/\w/), "\(path)")
      for match in text.matches(of: /https?:\/\/([\w.-]+)/) {
        let host = String(match.1)
        #expect(
          Self.hosts.contains(host) || host.hasSuffix(".example") || host.contains("example."), "\(path): \(host)")
      }
    }
  }
}
