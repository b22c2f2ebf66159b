import RuleLanguage
import Testing

@Suite struct FixtureTests {
  @Test(arguments: Fixture.good) func loadsWithoutAWord(_ fixture: Fixture) {
    let file = fixture.file
    #expect(file.configuration != nil)
    #expect(text(file) == "")
  }

  /// That stunnel hides clients is said to everyone who puts it behind usher.
  @Test(arguments: Fixture.shipped) func isFitToBeCopied(_ fixture: Fixture) {
    let file = fixture.file
    #expect(file.configuration != nil)
    #expect(
      file.diagnostics.allSatisfy { $0.kind == .hiddenClient && fixture.name.hasPrefix("stunnel-") }, "\(text(file))")
  }

  @Test(arguments: Fixture.warned) func loadsWithWarnings(_ fixture: Fixture) throws {
    let file = fixture.file
    #expect(file.configuration != nil)
    #expect(!file.diagnostics.isEmpty && file.diagnostics.allSatisfy { $0.severity == .warning })
    try compare(fixture, file)
  }

  @Test(arguments: Fixture.bad) func isRefused(_ fixture: Fixture) throws {
    let file = fixture.file
    #expect(file.configuration == nil)
    #expect(file.diagnostics.contains { $0.severity == .error })
    try compare(fixture, file)
  }

  /// The law: what can be said is said somewhere. 16 MiB and 500 errors are no fixtures.
  @Test(arguments: DiagnosticKind.allCases.filter { $0 != .tooLarge && $0 != .andMore }) func hasAFixture(
    _ kind: DiagnosticKind
  ) {
    #expect((Fixture.bad + Fixture.warned).contains { $0.file.diagnostics.contains { $0.kind == kind } })
  }

  @Test func aHugeFileIsRefusedUnread() {
    let file = RulesFile(Array(repeating: UInt8(ascii: "#"), count: 17 << 20), name: "huge.yaml")
    #expect(file.diagnostics.map(\.kind) == [.tooLarge])
  }

  private func compare(_ fixture: Fixture, _ file: RulesFile) throws {
    if Fixture.isWriting { try fixture.write(text(file)) }
    let difference = difference(fixture.expected ?? "", text(file))
    #expect(difference.isEmpty, "\(fixture.name)\n\(difference)")
  }

  private func text(_ file: RulesFile) -> String { file.diagnostics.map { $0.text(.plain) }.joined(separator: "\n") }
}
