import Dialogues
import Foundation
import Routing
import RuleLanguage
import TLS
import Testing
import Wire

@testable import Daemon

/// `check --connect`, against the sinks of the demonstration: they take the PROXY header, both kinds of TLS, and every letter.
/// What real mail servers answer is tested end to end.
@Suite struct ConnectTests {
  private struct Site {
    let tlsEnd: MailSink
    let plain: MailSink

    init() throws {
      let certificate = try ThrowAwayCertificate(names: ["mail.example"], validFrom: -60, validUntil: 30 * 86_400)
      tlsEnd = try MailSink(name: "tls-end", context: ServerContext(certificate)) { _ in }
      plain = try MailSink(name: "plain", context: nil) { _ in }
      tlsEnd.open()
      plain.open()
    }

    func check(door: String = "127.0.0.1:2500", plainAddress: String = "proxy-v1") throws -> ConnectCheck {
      let text = """
        listeners:
          - name: smtp
            listen: "\(door)"
            dialogue: smtp
            greeter: tls-end
            rules:
              - { name: encrypted, when: { tls: true }, to: tls-end }
              - { name: everyone else, to: plain }
        servers:
          tls-end: { address: "\(tlsEnd.endpoint)", tls: [implicit, starttls], client-address: proxy-v1 }
          plain: { address: "\(plain.endpoint)", client-address: \(plainAddress) }
        """
      return try ConnectCheck(#require(RulesFile(Array(text.utf8), name: "test").configuration))
    }
  }

  @Test func aServerIsVisitedInEveryWayInWhichClientsAreShownToIt() throws {
    let check = try Site().check()
    let visits = check.servers.flatMap { $0.visits.map { "\($0.report.visit.server.name) \($0.report.visit.way)" } }
    #expect(visits == ["tls-end startTLS", "tls-end implicit", "plain plaintext"])
    for visit in check.servers.flatMap(\.visits) {
      #expect(visit.report.failure == nil)
      #expect(visit.report.connectedAfter != nil && visit.report.greetedAfter != nil)
      #expect(visit.report.capabilities?.promises("PIPELINING") == true)
      #expect(visit.report.tls?.certificate?.names == (visit.report.visit.way == .plaintext ? nil : ["mail.example"]))
    }
  }

  @Test(arguments: [("127.0.0.1:2500", Finding.Severity.warning), ("0.0.0.0:2500", .error), ("[::]:2500", .error)])
  func whoTakesEveryRecipientWouldRelay(door: String, severity: Finding.Severity) throws {
    let check = try Site().check(door: door)
    for visit in check.servers.flatMap(\.visits) {
      let found = visit.findings.filter { $0.message.hasPrefix("WOULD RELAY FOR STRANGERS") }
      #expect(found.map(\.severity) == [severity])
    }
  }

  @Test func aServerThatWaitsForAHeaderThatTheFileDoesNotGiveIsFoundOut() throws {
    let failures = try Site().check(plainAddress: "proxy-v2").servers[1].visits.map(\.report.failure)
    #expect(failures.map { $0?.step } == [.greeting])
    let findings = try Site().check(plainAddress: "proxy-v2").findings.filter { $0.severity == .error }
    #expect(findings.contains { $0.message.hasSuffix("does it expect the PROXY header, of that version?") })
  }

  @Test(arguments: [("XCLIENT NAME ADDR", true), ("XFORWARD NAME ADDR", false)], [true, false])
  func whoIsGrantedXCLIENTIsWhoeverItSays(offer: (line: String, isFound: Bool), isExposed: Bool) throws {
    let plain = try #require(try Site().check().servers.last)
    var report = try #require(plain.visits.first).report
    report.capabilities = Capabilities(Reply(code: 250, lines: ["a", offer.line].map { Array($0.utf8) }))
    let found = report.findings(isExposed: isExposed).filter { $0.message.hasPrefix("LETS STRANGERS SAY WHO THEY ARE") }
    #expect(found.map(\.severity) == (offer.isFound ? [isExposed ? .error : .warning] : []))
  }

  @Test func nobodyThereIsSaid() throws {
    let text = """
      listeners: [{ name: a, listen: 127.0.0.1:2500, rules: [{ name: all, to: s }] }]
      servers: { s: { address: "unix:/nowhere/socket" } }
      """
    let check = try ConnectCheck(#require(RulesFile(Array(text.utf8), name: "test").configuration))
    #expect(check.findings.map(\.message) == ["cannot be reached: No such file or directory"])
    #expect(check.findings.map(\.severity) == [.error])
  }
}
