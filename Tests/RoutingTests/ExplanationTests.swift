import Routing
import Testing
import Wire

@Suite struct ExplanationTests {
  private let action = Action.to(ServerID(0), terminatingTLS: false)

  /// An explanation as lines: one a rule, one a condition, indented by its depth.
  private func lines(_ rules: [RuleExplanation]) -> [String] {
    func lines(_ part: ConditionExplanation, _ indent: String) -> [String] {
      ["\(indent)\(part.key)\(part.wanted.isEmpty ? "" : ": \(part.wanted)") \(part.answer)"]
        + part.parts.flatMap { lines($0, indent + "  ") }
    }
    return rules.flatMap { rule in
      ["\(rule.index) \(rule.name) \(rule.answer)"] + rule.conditions.flatMap { lines($0, "  ") }
    }
  }

  @Test func everyConditionHasItsAnswer() throws {
    let rules = RuleList([
      Rule(
        name: "partners",
        condition: .all([
          .test(.client([try #require(Network("198.51.100.0/24")), try #require(Network("2001:db8::1"))])),
          .test(.helo(patterns("*.partner.example"))),
        ]), action: action),
      Rule(
        name: "odd",
        condition: .any([
          .not(.test(.tls([.implicit, .startTLS]))), .all([.test(.silent(true)), .test(.early(false))]),
        ]),
        action: action),
      Rule(name: "everyone else", condition: nil, action: action),
    ])
    let facts = newcomer().with { ($0.silent, $0.early) = (.yes, .no) }
    #expect(
      lines(rules.explain(facts)) == [
        "0 partners no",
        "  client: [198.51.100.0/24, 2001:db8::1] no",
        "  helo: *.partner.example notYet",
        "1 odd yes",
        "  any yes",
        "    not notYet",
        "      tls: true notYet",
        "    all yes",
        "      silent: true yes",
        "      early: false yes",
        "2 everyone else yes",
      ])
  }

  @Test(arguments: [
    (Routing.Test.tls(.plaintext), "tls", "false"), (.tls(.implicit), "tls", "implicit"),
    (.tls(.startTLS), "tls", "starttls"), (.tls([.plaintext, .implicit]), "tls", "[false, implicit]"),
    (.local([]), "local", "[]"), (.sni(patterns("a", "/b/i")), "sni", "[a, /b/i]"),
    (.alpn(patterns("h2")), "alpn", "h2"),
    (.ja4(patterns("t*")), "ja4", "t*"), (.tlsVersion(patterns("1.3")), "tls-version", "1.3"),
    (.protocolName(["ssh"]), "protocol", "ssh"), (.command(["MAIL", "AUTH"]), "command", "[MAIL, AUTH]"),
    (.mailFrom(patterns("")), "mail-from", ""), (.firstBytes(patterns("/x/")), "first-bytes", "/x/"),
  ]) func keysAndValuesAreThoseOfTheRulesFile(test: Routing.Test, key: String, wanted: String) {
    #expect(test.key == key)
    #expect(test.wanted == wanted)
  }
}
