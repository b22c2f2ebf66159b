import RuleLanguage
import Testing

/// What the documents show is what `usher check` accepts, and what they show as wrong gives the error that they show.
@Suite struct ExampleTests {
  private static func marked(_ word: String?) -> [Example] {
    Example.all.filter { $0.words == ["yaml"] + (word.map { [$0] } ?? []) }
  }

  @Test(arguments: marked(nil)) func loads(_ example: Example) {
    #expect(said(of: example.text) == "")
  }

  /// Rules alone: loaded before a last rule, with the servers of docs/rules.md.
  @Test(arguments: marked("rules")) func loadsAsRules(_ example: Example) {
    let rules = example.text.split(separator: "\n").map { "      \($0)\n" }.joined()
    #expect(said(of: Self.listener + Self.rules + rules + Self.rest) == "")
  }

  @Test(arguments: marked("listener")) func eachLineLoadsInAListener(_ example: Example) {
    for line in example.text.split(separator: "\n") {
      #expect(said(of: Self.listener + "    \(line)\n" + Self.rules + Self.rest) == "")
    }
  }

  @Test(arguments: marked("settings")) func loadsBesideAListener(_ example: Example) {
    #expect(said(of: Self.listener + Self.rules + Self.rest + example.text) == "")
  }

  @Test func badExamplesGiveTheErrorThatIsShown() throws {
    let pairs = zip(Example.all, Example.all.dropFirst()).filter { $0.0.words == ["yaml", "bad"] }
    #expect(!pairs.isEmpty)
    for (bad, shown) in pairs {
      try #require(shown.words == ["text"])
      let file = RulesFile(Array(bad.text.utf8), name: "rules.yaml")
      #expect(difference(shown.text, file.diagnostics.map { $0.text(.plain) }.joined(separator: "\n")) == "")
    }
  }

  /// No block is left out because its fence has another word, and none is a rules file without a word.
  @Test func everyBlockOfYAMLIsTried() {
    let kinds = [nil, "rules", "listener", "settings", "bad"]
    for kind in kinds { #expect(!Self.marked(kind).isEmpty, "\(kind ?? "whole files")") }
    let tried = kinds.reduce(0) { $0 + Self.marked($1).count }
    #expect(Example.all.count { $0.words.first == "yaml" } == tried)
    let unmarked = Example.all.filter { $0.words.isEmpty && $0.text.contains(/(?m)^(listeners|servers|settings):/) }
    #expect(unmarked.map(\.testDescription) == [])
  }

  /// What `usher check` says, but for servers that a part does not use, and that stunnel hides its clients, which is said to all.
  private func said(of text: String) -> String {
    let file = RulesFile(Array(text.utf8), name: "rules.yaml")
    let told = file.diagnostics.filter { $0.kind != .unusedServer && $0.kind != .hiddenClient }
    return told.map { $0.text(.plain) }.joined()
  }

  private static let listener = """
    listeners:
      - name: smtp
        listen: 0.0.0.0:25
        dialogue: smtp

    """
  private static let rules = "    rules:\n"
  private static let rest = """
          - { name: everyone, to: old-mta }
    servers:
      stunnel: { address: 127.0.0.1:2525, tls: [implicit, starttls], client-address: transparent }
      partner-mta: { address: 127.0.0.1:2601, client-address: proxy-v2 }
      old-mta: { address: "unix:/run/old-mta.sock", client-address: xclient }

    """
}
