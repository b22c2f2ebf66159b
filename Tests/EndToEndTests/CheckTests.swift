import Foundation
import Testing

/// `usher check --connect` in front of real servers: it finds the one that would relay for strangers, and no other.
@Suite(.withMailServers, .inTurn) struct CheckTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let server: MailServer
    let introduction: MailServer.Introduction
    var testDescription: String { "\(server) \(introduction.rawValue)" }
  }

  /// Each server in each way that it knows, and in none.
  private static let cases = [MailServer.postfix, .exim, .opensmtpd, .sendmail].flatMap { server in
    (server.introductions.sorted { $0.rawValue < $1.rawValue } + [.hidden]).map {
      Case(server: server, introduction: $0)
    }
  }

  @Test(arguments: cases) func itFindsWhoWouldRelay(_ row: Case) async throws {
    let stage = try await Stage()
    let running = try await stage.start(row.server, introduction: row.introduction)
    let visits = try await stage.check(
      running.address, clientAddress: row.introduction.rawValue, exits: isOpen(row) ? 3 : 0)
    #expect(visits.map { $0["relays-for-strangers"] as? Bool } == [isOpen(row)])
  }

  private func isOpen(_ row: Case) -> Bool { row.introduction == .hidden }

  /// stunnel passes no address on, so the server behind it takes everybody for this machine.
  @Test func stunnelHidesEverybody() async throws {
    let stage = try await Stage()
    let server = try await stage.start(.postfix)
    let stunnel = try await stage.startStunnel(before: server.address)
    let visits = try await stage.check(
      stunnel.address, tls: "[implicit, starttls]", clientAddress: "hidden", when: "{ tls: true }", exits: 3)
    #expect(visits.map { $0["way"] as? String } == ["starttls", "implicit"])
    #expect(visits.map { $0["relays-for-strangers"] as? Bool } == [true, true])
    for visit in visits {
      let tls = try #require(visit["tls"] as? [String: Any])
      #expect(tls["names"] as? [String] == ["localhost", "mail.example"])
    }
  }

  /// Postfix grants XCLIENT to this machine, and the file does not use it: so clients may.
  @Test func itFindsWhoLetsStrangersSayWhoTheyAre() async throws {
    let stage = try await Stage()
    let running = try await stage.start(.postfix, introduction: .xclient)
    let visits = try await stage.check(running.address, clientAddress: "hidden", exits: 3)
    let findings = visits.flatMap { $0["findings"] as? [[String: Any]] ?? [] }
    let messages = findings.compactMap { $0["severity"] as? String == "error" ? $0["message"] as? String : nil }
    #expect(messages.contains { $0.hasPrefix("LETS STRANGERS SAY WHO THEY ARE") }, "\(findings)")
  }

  /// The file says one thing, the server is set up for another.
  @Test(arguments: [
    (MailServer.postfix, MailServer.Introduction.proxyV2, "hidden", "does it wait for a PROXY header?"),
    (.postfix, .hidden, "proxy-v1", "it must be told to expect one"),
    (.postfix, .hidden, "xclient", "Postfix grants it by smtpd_authorized_xclient_hosts"),
    (.exim, .hidden, "proxy-v1", "it must be told to expect one"),
    (.opensmtpd, .proxyV2, "proxy-v1", "does it expect the PROXY header, of that version?"),
  ]) func itSaysWhatDoesNotFit(
    server: MailServer, introduction: MailServer.Introduction, clientAddress: String, words: String
  ) async throws {
    let stage = try await Stage()
    let running = try await stage.start(server, introduction: introduction)
    let visits = try await stage.check(running.address, clientAddress: clientAddress, exits: 3)
    let findings = visits.flatMap { $0["findings"] as? [[String: Any]] ?? [] }
    let errors = findings.filter { $0["severity"] as? String == "error" }.compactMap { $0["message"] as? String }
    #expect(errors.count == 1 && errors.allSatisfy { $0.contains(words) }, "\(findings)")
  }
}

extension Stage {
  /// Checks a file whose one server is there, and whose listener strangers could reach.
  /// - Returns: what was found in each way, as JSON has it.
  fileprivate func check(
    _ address: String, tls: String = "[]", clientAddress: String, when: String? = nil, exits code: Int32
  ) async throws -> [[String: Any]] {
    let rules = try file(
      "rules.yaml",
      """
      listeners:
        - name: smtp
          listen: 0.0.0.0:25
          dialogue: smtp
          rules:
            - { name: some, to: server\(when.map { ", when: \($0)" } ?? "") }
            - { name: others, reject: "554 5.7.1 No" }
      servers:
        server: { address: "\(address)", client-address: \(clientAddress)\(tls == "[]" ? "" : ", tls: \(tls)") }
      """)
    let child = try start(
      "check", [Machine.usher.path, "check", "--connect", "--format", "json", rules.path])
    #expect(try await child.ended(within: .seconds(60)) == code, "\(child.output)")
    let object = try JSONSerialization.jsonObject(with: Data(child.output.utf8)) as? [String: Any]
    let servers = try #require(object?["servers"] as? [[String: Any]], "\(child.output)")
    return try #require(servers.first?["visits"] as? [[String: Any]])
  }
}
