import Patterns
import Peek
import Routing
import Testing
import Wire

private typealias Question = Routing.Test

/// Many rules are looked up rather than asked one by one; that must not show.
@Suite struct RuleIndexTests {
  @Test(arguments: 0..<28) func whatIsLookedUpIsWhatIsAsked(seed: Int) {
    var dice = Dice(state: UInt64(seed))
    // Of few kinds, as people write them; of many, there is nothing to look up but everything.
    let kinds = (0...Int.random(in: 0...(seed.isMultiple(of: 4) ? 12 : 2), using: &dice)).map { _ in
      Int.random(in: 0...13, using: &dice)
    }
    let rules = (0..<Int.random(in: 1...120, using: &dice)).map { _ in dice.rule(kinds) }
    let list = RuleList(rules)
    for _ in 0..<100 {
      let facts = dice.facts()
      let asked = rules.map { $0.answer(facts) }
      #expect(list.decide(facts) == decision(asked))
      #expect(list.reachable(facts) == reachable(asked))
      #expect(list.plaintextServers(facts) == servers(rules, facts))
      for verb in ["MAIL", "AUTH"] {
        #expect(list.takes(command: verb, facts) == takes(rules, facts.supposing(command: verb)))
      }
    }
  }

  /// The plain fold.
  private func decision(_ answers: [Answer]) -> Decision {
    guard let first = answers.firstIndex(where: { $0 != .no }) else { return .none }
    return answers[first] == .yes ? .rule(first) : .notYet
  }

  private func reachable(_ answers: [Answer]) -> [Int] {
    let last = answers.firstIndex(of: .yes) ?? answers.count - 1
    return answers.indices.filter { $0 <= last && answers[$0] != .no }
  }

  private func servers(_ rules: [Rule], _ facts: Facts) -> [ServerID] {
    let answers = rules.map { $0.answer(facts.narrowed(to: .plaintext)) }
    return reachable(answers).reduce(into: []) { servers, index in
      if case .to(let server, _) = rules[index].action, !servers.contains(server) { servers.append(server) }
    }
  }

  private func takes(_ rules: [Rule], _ facts: Facts) -> Bool {
    reachable(rules.map { $0.answer(facts) }).contains { index in
      if case .to = rules[index].action { true } else { false }
    }
  }

  /// Names longer than any key, and none at all.
  @Test(arguments: [0, 1, 254, 255, 256, 257, 2000]) func lengths(length: Int) {
    let name = String(repeating: "x", count: length)
    let other = String(repeating: "y", count: 30)
    let filler = (0..<30).map { rule(.test(.helo(patterns("\($0).example")))) }
    for pattern in [name, "*" + name, name + "*", "a*" + name] where pattern != "*" {
      let list = RuleList(filler + [rule(.test(.helo(patterns(pattern))))])
      for value in [name, "a" + name, name + "a", other] {
        let facts = newcomer().with { $0.helo = .value(Array(value.utf8)) }
        let matches = patterns(pattern)[0].matches(value)
        #expect(list.decide(facts) == (matches ? .rule(30) : .none), "\(pattern) and \(value)")
      }
    }
  }

  @Test func aRuleThatManyNamesLeadToIsAskedOnce() {
    let names = patterns("a.example", "*.example", "a.*", "b.example")
    let filler = (0..<30).map { rule(.test(.sni(patterns("\($0).example.net")))) }
    let list = RuleList(filler + [rule(.test(.sni(names))), rule(nil)])
    let facts = newcomer().with { $0.hello = .value(hello(names: ["a.example", "b.example"])) }
    #expect(list.decide(facts) == .rule(30))
    #expect(list.reachable(facts) == [30])
  }

  /// More keys hit than are kept apart: then all rules are asked.
  @Test func manyKeysAtOnce() {
    let name = String(repeating: "x", count: 60)
    let ends = (0..<50).map { rule(.all([.test(.helo(patterns("*" + name.suffix(60 - $0)))), .test(.early(true))])) }
    let facts = newcomer().with { ($0.helo, $0.early) = (.value(Array(name.utf8)), .yes) }
    #expect(RuleList(ends).decide(facts) == .rule(0))
    #expect(RuleList(ends).reachable(facts) == [0])
    #expect(RuleList(ends + [rule(nil)]).decide(facts.with { $0.early = .no }) == .rule(50))
  }

  private func rule(_ condition: Condition?) -> Rule { Rule(name: "", condition: condition, action: .drop) }
}

// MARK: - Random rules and clients, of few words, so that they meet

extension Dice {
  private static let names = [
    "", "a", "example.com", "mx.example.com", "MX.Example.com", "mx.example.net", "a.b.c.example.com", "x?z", "example",
  ]
  private static let sources = [
    "", "a", "example.com", "*.example.com", "mx.*", "m?.example.com", "*.com", "*", "?*", "mx.example.???", "*mx*",
    "/^mx/i",
    "*example*", "EXAMPLE.com", "m*e.net", "a*",
  ]
  private static let words = ["tls", "ssh", "http", "unknown", "MAIL", "AUTH", "STARTTLS"]
  private static let addresses = ["192.0.2.1", "192.0.2.200", "198.51.100.1", "2001:db8::1", "2001:db8:1::1", "::1"]
  private static let blocks = [
    "192.0.2.0/24", "192.0.2.128/25", "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::1", "198.51.100.1",
    "192.0.2.1/31",
  ]

  fileprivate mutating func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &self)! }
  private mutating func some<Value>(_ values: [Value]) -> [Value] {
    (0..<Int.random(in: 0...3, using: &self)).map { _ in pick(values) }
  }

  fileprivate mutating func rule(_ kinds: [Int]) -> Rule {
    let condition = Int.random(in: 0..<30, using: &self) == 0 ? nil : condition(kinds, depth: 2)
    let action: Action = pick([
      .drop, .reject("554 No"), .to(ServerID(Int.random(in: 0...3, using: &self)), terminatingTLS: false),
    ])
    return Rule(name: "", condition: condition, action: action)
  }

  private mutating func condition(_ kinds: [Int], depth: Int) -> Condition {
    switch Int.random(in: 0..<(depth > 0 ? 10 : 5), using: &self) {
    case 0..<5: .test(test(pick(kinds)))
    case 5..<8: .all((0..<Int.random(in: 1...3, using: &self)).map { _ in condition(kinds, depth: depth - 1) })
    case 8: .any((0..<Int.random(in: 0...3, using: &self)).map { _ in condition(kinds, depth: depth - 1) })
    default: .not(condition(kinds, depth: depth - 1))
    }
  }

  private mutating func test(_ kind: Int) -> Question {
    let patterns = some(Dice.sources).map { try! Pattern($0, ignoresCase: Bool.random(using: &self)) }
    let networks = some(Dice.blocks).map { Network($0)! }
    let truth = Bool.random(using: &self)
    let tests: [Question] = [
      .client(networks), .local(networks), .tls(Beginning(rawValue: .random(in: 0...7, using: &self))), .sni(patterns),
      .alpn(patterns), .ja4(patterns), .tlsVersion(patterns), .protocolName(some(Dice.words)), .silent(truth),
      .early(truth),
      .helo(patterns), .command(some(Dice.words)), .mailFrom(patterns), .firstBytes(patterns),
    ]
    return tests[kind]
  }

  private mutating func known<Value>(_ value: Value) -> Known<Value> {
    pick([.pending, .absent, .value(value), .value(value)])
  }

  fileprivate mutating func facts() -> Facts {
    let hello = hello(names: some(Dice.names), alpn: some(Dice.names))
    let local = Endpoint(pick(["127.0.0.1:25", "[::1]:25", "192.0.2.1:25"]))!
    var facts = Facts(client: client(), local: local, dialogue: true)
    facts.beginning = Beginning(rawValue: .random(in: 0...7, using: &self))
    facts.hello = known(hello)
    facts.protocolName = known(pick(Dice.words))
    facts.silent = pick([.yes, .no, .notYet])
    facts.early = pick([.yes, .no, .notYet])
    facts.helo = known(Array(pick(Dice.names).utf8))
    facts.command = known(pick(Dice.words))
    facts.mailFrom = known(Array(pick(Dice.names).utf8))
    facts.firstBytes = Array(pick(Dice.names).utf8)
    facts.firstBytesAreWhole = Bool.random(using: &self)
    return facts
  }

  private mutating func client() -> Endpoint {
    guard let address = IPAddress(pick(Dice.addresses + ["unix"])) else { return .unix("") }
    return .tcp(address, port: 40000)
  }
}
