import Routing
import Testing
import Wire

private func rule(_ condition: Condition?, _ server: Int = 0) -> Rule {
  Rule(name: "rule", condition: condition, action: .to(ServerID(server), terminatingTLS: false))
}

@Suite struct DecisionTests {
  private let rules = RuleList([
    rule(.test(.tls([.implicit, .startTLS]))), rule(.test(.helo(patterns("*.partner.example")))), rule(nil),
  ])

  @Test func theFirstYesWinsUnlessAnEarlierOneIsNotYet() {
    let partner = newcomer().with { $0.helo = .value(Array("mx.partner.example".utf8)) }
    #expect(rules.decide(newcomer()) == .notYet)
    #expect(rules.decide(partner) == .notYet)
    #expect(rules.decide(partner.narrowed(to: .plaintext)) == .rule(1))
    #expect(rules.decide(newcomer().narrowed(to: .implicit)) == .rule(0))
    #expect(rules.decide(newcomer(dialogue: false).narrowed(to: .plaintext)) == .rule(2))
  }

  @Test func noRuleMayBeLeft() {
    #expect(RuleList([]).decide(newcomer()) == .none)
    #expect(RuleList([rule(.test(.tls(.implicit)))]).decide(newcomer().narrowed(to: .plaintext)) == .none)
  }

  @Test func reachableEndsAtTheFirstYes() {
    #expect(rules.reachable(newcomer()) == [0, 1, 2])
    #expect(rules.reachable(newcomer().narrowed(to: .plaintext)) == [1, 2])
    #expect(rules.reachable(newcomer().narrowed(to: .implicit)) == [0])
    #expect(RuleList([rule(nil), rule(nil)]).reachable(newcomer()) == [0])
  }

  @Test func whoReadsFirstBytes() {
    let reads = Condition.test(.firstBytes(patterns("/x/")))
    let other = Condition.test(.silent(true))
    for condition in [reads, .all([other, reads]), .any([other, .not(.all([reads]))])] {
      #expect(RuleList([rule(other), rule(condition)]).readsFirstBytes)
    }
    #expect(!RuleList([rule(.all([other, .not(other)])), rule(nil)]).readsFirstBytes)
  }
}
