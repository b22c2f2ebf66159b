import Routing
import Testing
import Wire

@Suite struct ProspectTests {
  private func to(_ server: Int, _ condition: Condition?, terminatingTLS: Bool = false) -> Rule {
    Rule(name: "to", condition: condition, action: .to(ServerID(server), terminatingTLS: terminatingTLS))
  }

  private func servers(_ tls: TLSTaking...) -> [Server] {
    tls.map { Server(name: "server", addresses: [], balance: .inOrder, tls: $0, clientAddress: .hidden) }
  }

  private let encrypted = Condition.test(.tls([.implicit, .startTLS]))
  /// What is known when the reply to EHLO is due.
  private let greeted = newcomer().with {
    ($0.beginning, $0.silent, $0.early) = ([.plaintext, .startTLS], .yes, .no)
    ($0.hello, $0.protocolName) = (.absent, .absent)
    $0.helo = .value(Array("mx.partner.example".utf8))
  }

  @Test func theServersOfAPlaintextClient() {
    let partner = Condition.test(.helo(patterns("*.partner.example")))
    let hasty = Condition.test(.early(true))
    let rules = RuleList([
      to(0, encrypted), to(1, .test(.command(["VRFY"]))), to(5, hasty), to(2, partner), to(1, nil), to(3, nil),
    ])
    #expect(rules.plaintextServers(greeted) == [1, 2].map(ServerID.init))
    let stranger = greeted.with { $0.helo = .value(Array("mx.example".utf8)) }
    #expect(rules.plaintextServers(stranger) == [ServerID(1)])
    #expect(rules.plaintextServers(newcomer()) == [1, 5, 2].map(ServerID.init))
  }

  @Test func aNameInAHelloIsNothingForPlaintext() {
    let rules = RuleList([to(0, .test(.sni(patterns("*")))), to(1, nil)])
    #expect(rules.plaintextServers(newcomer()) == [ServerID(1)])
    #expect(rules.startTLSActions(newcomer()) == [1])
  }

  @Test func whoCanStillHaveStartTLS() {
    let rules = RuleList([to(0, encrypted), to(1, nil)])
    #expect(rules.startTLSActions(greeted) == [0])
    #expect(rules.startTLSActions(greeted.narrowed(to: .plaintext)) == [])
    #expect(rules.takesStartTLS(greeted, servers: servers([.implicit, .startTLS], [])))
    #expect(!rules.takesStartTLS(greeted, servers: servers(.implicit, .startTLS)))
    #expect(!rules.takesStartTLS(greeted.narrowed(to: .plaintext), servers: servers(.startTLS, [])))
    #expect(RuleList([to(0, encrypted, terminatingTLS: true)]).takesStartTLS(greeted, servers: servers([])))
    let refused = Rule(name: "no", condition: encrypted, action: .reject("554 No"))
    #expect(!RuleList([refused, to(0, nil)]).takesStartTLS(greeted, servers: servers(.startTLS)))
  }

  @Test func startTLSIsTheCommandThatWasSaid() {
    let rules = RuleList([to(0, .test(.command(["MAIL", "AUTH"]))), to(1, .test(.command(["STARTTLS"]))), to(2, nil)])
    #expect(rules.startTLSActions(greeted) == [1])
  }

  @Test func whatEveryRuleRefusesIsNotTaken() {
    let rules = RuleList([
      to(0, encrypted), Rule(name: "no", condition: .test(.command(["AUTH"])), action: .reject("538 5.7.11 No")),
      to(1, nil),
    ])
    #expect(!rules.takes(command: "AUTH", greeted))
    #expect(rules.takes(command: "MAIL", greeted))
    let senders = RuleList([
      to(0, .test(.mailFrom(patterns("*@example.com")))), Rule(name: "", condition: nil, action: .drop),
    ])
    #expect(senders.takes(command: "MAIL", greeted))
    #expect(!senders.takes(command: "VRFY", greeted))
    #expect(!RuleList([]).takes(command: "MAIL", greeted))
  }
}
