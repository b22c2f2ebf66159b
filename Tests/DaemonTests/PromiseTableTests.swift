import Dialogues
import Routing
import RuleLanguage
import Testing
import Wire

@testable import Daemon

@Suite struct PromiseTableTests {
  private static let text = """
    listeners:
      - name: smtp
        listen: 127.0.0.1:2500
        dialogue: smtp
        rules:
          - { name: encrypted, when: { tls: true }, to: c }
          - { name: partners, when: { helo: "*.partner.example" }, to: a }
          - { name: everyone else, to: b }
    servers:
      a: { address: 127.0.0.1:2501, client-address: proxy-v2 }
      b: { address: 127.0.0.1:2502, client-address: proxy-v2 }
      c: { address: 127.0.0.1:2503, tls: [implicit, starttls], client-address: proxy-v2 }
    """

  private func table(_ a: String, _ b: String) throws -> PromiseTable {
    let configuration = try #require(RulesFile(Array(Self.text.utf8), name: "test").configuration)
    let reports = zip(configuration.servers, [a, b, "ONLY-IN-TLS"]).map { server, keywords in
      var report = VisitReport(
        visit: Visit(
          server: server, address: server.addresses[0], way: .plaintext, isMail: true, ownName: "usher.example",
          patience: .seconds(1)))
      let lines = ["mx.example"] + keywords.split(separator: "|").map(String.init)
      report.capabilities = Capabilities(Reply(code: 250, lines: lines.map { Array($0.utf8) }))
      return report
    }
    return try #require(PromiseTable(configuration.listeners[0], configuration, reports))
  }

  @Test func whatDiffersIsARow() throws {
    let table = try table("PIPELINING|SIZE 100|8BITMIME|STARTTLS", "SIZE 50|8BITMIME|HELP")
    #expect(table.servers == ["a", "b"])
    #expect(table.differences.map(\.keyword) == ["PIPELINING", "SIZE", "HELP"])
    #expect(table.differences.map(\.cells) == [["yes", nil], ["100", "50"], [nil, "yes"]])
    #expect(
      table.text(Output(plain: 1)) == """
        listener smtp: what its servers promise in plaintext differs
                      a    b    all
          PIPELINING  yes  –    –
          SIZE        100  50   50
          HELP        –    yes  –
          the same in all: 8BITMIME

        """)
  }

  @Test func whatIsTheSameIsALine() throws {
    let table = try table("SIZE 100|8BITMIME", "8BITMIME|SIZE 100|STARTTLS")
    #expect(table.differences.isEmpty)
    #expect(
      table.text(Output(plain: 1))
        == "listener smtp: what its servers promise in plaintext is the same: SIZE 100, 8BITMIME\n")
  }
}
