import Patterns
import Peek
import Routing
import RuleLanguage
import Testing
import Wire

/// What warnings claim of rules is so: random rules, and random clients that the rules are asked of.
@Suite struct SoundnessTests {
  @Test(arguments: 0..<40) func whatNeverMatchesNeverWins(_ seed: Int) throws {
    var dice = Dice(state: UInt64(seed))
    var claims = 0
    for _ in 0..<20 {
      let dialogue = Bool.random(using: &dice)
      let text = RandomRules.file(dialogue: dialogue, &dice)
      let file = RulesFile(Array(text.utf8), name: "random.yaml")
      let rules = try #require(file.configuration, "\(file.diagnostics.map(\.message))\n\(text)").listeners[0].rules
      let dead = file.diagnostics.filter { $0.kind == .neverMatches || $0.kind == .contradiction }
        .map { String($0.message.split(separator: "`")[$0.kind == .neverMatches ? 0 : 1]) }
      claims += dead.count
      for _ in 0..<60 {
        let facts = RandomClient.facts(dialogue: dialogue, &dice)
        switch rules.decide(facts) {
        case .rule(let index): #expect(!dead.contains(rules.rules[index].name), "\(facts)\n\(text)")
        case .none: #expect(file.diagnostics.contains { $0.kind == .unanswered }, "\(facts)\n\(text)")
        case .notYet: Issue.record("all is known, and a rule is not yet\n\(text)")
        }
      }
    }
    #expect(claims > 0)
  }

  /// The same warnings are given where they are due: a rule twice is one too many.
  @Test(arguments: 0..<40) func aRuleTwiceIsSeen(_ seed: Int) {
    var dice = Dice(state: UInt64(seed))
    let condition = RandomRules.condition(depth: 2, &dice)
    let rules =
      ["first", "second"].map { "{ name: \($0), when: \(condition), to: server }" } + ["{ name: rest, drop: true }"]
    let file = RulesFile(Array(RandomRules.file(rules, dialogue: true).utf8), name: "twice.yaml")
    #expect(
      file.diagnostics.contains { $0.kind == .neverMatches || $0.kind == .contradiction || $0.kind == .neverKnown })
  }
}

/// Rules from few words, so that they meet each other and the clients.
private enum RandomRules {
  static func file(dialogue: Bool, _ dice: inout Dice) -> String {
    let count = Int.random(in: 1...6, using: &dice)
    var rules = (0..<count).map { "{ name: r\($0), when: \(condition(depth: 2, &dice)), to: server }" }
    if Bool.random(using: &dice) { rules.append("{ name: rest, to: server }") }
    return file(rules, dialogue: dialogue)
  }

  static func file(_ rules: [String], dialogue: Bool) -> String {
    """
    listeners:
      - name: random
        listen: 127.0.0.1:25
        \(dialogue ? "dialogue: smtp" : "grace: 1s")
        rules:
    \(rules.map { "      - \($0)\n" }.joined())
    servers:
      server: { address: "127.0.0.1:2525", client-address: proxy-v2, tls: [implicit, starttls] }
    """
  }

  static func condition(depth: Int, _ dice: inout Dice) -> String {
    let count = Int.random(in: 1...2, using: &dice)
    var keys: [String: String] = [:]
    for _ in 0..<count {
      let (key, value) = test(depth: depth, &dice)
      keys[key] = value
    }
    return "{ \(keys.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ")) }"
  }

  private static func test(depth: Int, _ dice: inout Dice) -> (String, String) {
    if depth > 0, Int.random(in: 0..<4, using: &dice) == 0 {
      let parts = (0..<2).map { _ in condition(depth: depth - 1, &dice) }.joined(separator: ", ")
      return [("any", "[\(parts)]"), ("all", "[\(parts)]"), ("not", condition(depth: depth - 1, &dice))]
        .randomElement(using: &dice)!
    }
    let (key, values) = words.randomElement(using: &dice)!
    let chosen = Set((0..<Int.random(in: 1...2, using: &dice)).map { _ in values.randomElement(using: &dice)! })
    return (key, ["silent", "early"].contains(key) ? chosen.first! : "[\(chosen.sorted().joined(separator: ", "))]")
  }

  private static let names = [
    "a.example", "b.example", "\"*.example\"", "\"a.*\"", "\"*\"", "/^a/", "\"?.example\"", "A.EXAMPLE",
  ]
  private static let words: [(String, [String])] = [
    ("client", ["192.0.2.1", "192.0.2.0/24", "192.0.2.128/25", "0.0.0.0/0"]), ("sni", names), ("helo", names),
    ("mail-from", names), ("tls", ["true", "false", "implicit", "starttls"]), ("silent", ["true", "false"]),
    ("early", ["true", "false"]), ("protocol", ["tls", "smtp", "ssh", "unknown"]),
    ("command", ["MAIL", "AUTH", "STARTTLS"]),
    ("first-bytes", ["/^a/", "/^$/", "/b/"]), ("tls-version", ["1.3", "1.2", "\"1.*\""]),
    ("alpn", ["h2", "H2", "\"h*\""]),
  ]
}

/// A client of whom all is known that ever will be.
private enum RandomClient {
  static func facts(dialogue: Bool, _ dice: inout Dice) -> Facts {
    let client = ["192.0.2.1:1", "192.0.2.200:1", "198.51.100.1:1", "[2001:db8::1]:1"].randomElement(using: &dice)!
    var facts = Facts(client: Endpoint(client)!, local: Endpoint("127.0.0.1:25")!, dialogue: dialogue)
    facts.firstBytes = Array(["a", "ab", "xb", "x"].randomElement(using: &dice)!.utf8)
    switch Int.random(in: 0..<3, using: &dice) {
    case 0: facts.saw(hello(&dice))
    case 1:
      facts.sawPlaintext(["smtp", "ssh", "unknown"].randomElement(using: &dice)!, isMail: dialogue)
      facts.endGrace(silently: false)
      if dialogue { converse(&facts, canStartTLS: false, &dice) }
    default:
      facts.firstBytes = []
      facts.endGrace(silently: true)
      if dialogue { converse(&facts, canStartTLS: true, &dice) } else { facts.beginning = .plaintext }
    }
    return facts
  }

  private static func converse(_ facts: inout Facts, canStartTLS: Bool, _ dice: inout Dice) {
    facts.heard(hello: name(&dice), canStartTLS: canStartTLS)
    switch Int.random(in: 0..<3, using: &dice) {
    case 0 where canStartTLS: facts = facts.withStartTLS
    case 1: facts = facts.with(command: "MAIL", mailFrom: name(&dice))
    default: facts = facts.with(command: ["AUTH", "RCPT"].randomElement(using: &dice)!, mailFrom: nil)
    }
  }

  private static func hello(_ dice: inout Dice) -> ClientHello {
    ClientHello(
      legacyVersion: 0x0303, supportedVersions: [[0x0304, 0x0303], [0x0303]].randomElement(using: &dice)!,
      serverNames: [[], [String(decoding: name(&dice), as: UTF8.self)]].randomElement(using: &dice)!,
      alpn: [[], [Array("h2".utf8)]].randomElement(using: &dice)!, cipherSuites: [], extensions: [],
      signatureAlgorithms: [],
      isSSLv2Format: false)
  }

  private static func name(_ dice: inout Dice) -> [UInt8] {
    Array(["a.example", "b.example", "ab.example", "a.test", "other"].randomElement(using: &dice)!.utf8)
  }
}
