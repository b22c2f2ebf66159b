import Foundation
import Synchronization

/// What the tests have found, as a page of the documentation:
/// USHER_MATRIX=docs/matrix.md make test FILTER='MatrixTests|RefusalTests'
enum Matrix {
  private struct Findings {
    /// In which relay modes.
    var delivered: [Cell: Set<RelayMode>] = [:]
    var refusals: Set<Finding> = []
    var differences: Set<Finding> = []
  }
  private struct Finding: Hashable {
    let title: String
    let line: String
    let situation: Situation
  }
  private static let findings = Mutex(Findings())

  /// A message went through, and was the right one.
  static func delivered(_ cell: Cell) { note { _ = $0.delivered[cell, default: []].insert(.current) } }

  /// A server has refused something in these words, with and without usher.
  static func refused(_ what: String, _ reply: String, in situation: Situation) {
    note { _ = $0.refusals.insert(Finding(title: what, line: reply, situation: situation)) }
  }

  /// Something was heard otherwise through usher, as expected.
  static func differs(_ row: Difference, _ line: String, in situation: Situation) {
    note { _ = $0.differences.insert(Finding(title: row.title, line: line, situation: situation)) }
  }

  /// Each writes the page anew, so the last one writes all of it.
  private static func note(_ change: (inout Findings) -> Void) {
    let path = ProcessInfo.processInfo.environment["USHER_MATRIX"]
    findings.withLock { findings in
      change(&findings)
      if let path { try? Data(page(findings).utf8).write(to: URL(filePath: path)) }
    }
  }

  private static func page(_ findings: Findings) -> String {
    """
    # Clients, servers and topologies

    Written by the tests (`USHER_MATRIX=docs/matrix.md make test FILTER='MatrixTests|RefusalTests'`). Versions are Debian 12's.

    - [What is delivered](#what-is-delivered): every client before every server, by every way and in every topology
    - [What is refused](#what-is-refused): in the server's own words
    - [What differs from the direct connection](#what-differs-from-the-direct-connection)

    ## What is delivered

    A ✓ is a message that a real client sent through usher, found in the store of a real server, with the client's name, its
    address and the envelope as they should be, and with all replies that the client gets without usher: in plaintext from the
    server itself, with TLS from stunnel before it; with relays that copy, and with relays that splice. Through stunnel (TLS in
    the first two tables) the server behind it sees stunnel's address.

    \(Topology.allCases.map { deliveries($0, findings.delivered) }.joined(separator: "\n"))
    ## What is refused

    Each server refuses in plaintext, with STARTTLS and with TLS at once, in each topology, what it refuses without usher, and in
    the same words.

    \(MailServer.all.map { refusals($0.name, findings.refusals) }.joined(separator: "\n"))
    ## What differs from the direct connection

    Beside these lines, no client above has heard one through usher that it does not hear without it, nor the other way round.
    One conversation is left out: who talks before OpenSMTPD has greeted, and is made known to it by a PROXY header, hears nothing
    behind the greeting, because OpenSMTPD loses what comes in one segment with the header.

    | what | without usher | through usher | where | why |
    | --- | --- | --- | --- | --- |
    \(Difference.expected.map { difference($0, findings.differences) }.joined())
    """
  }

  private static func deliveries(_ topology: Topology, _ good: [Cell: Set<RelayMode>]) -> String {
    let servers = MailServer.all.map(\.name)
    let rows = Cell.clients.flatMap { client in Way.allCases.filter(client.ways.contains).map { (client.name, $0) } }
    return "### \(topology.rawValue)\n\n| client | \(servers.joined(separator: " | ")) |\n"
      + "| --- |\(servers.map { _ in " --- |" }.joined())\n"
      + rows.map { client, way in
        let marks = servers.map { server in
          let cell = Cell(serverName: server, clientName: client, topology: topology, way: way)
          return good[cell]?.count == RelayMode.every.count ? "✓" : "✗"
        }
        return "| \(client), \(way.rawValue) | \(marks.joined(separator: " | ")) |\n"
      }.joined()
  }

  private static func refusals(_ server: String, _ all: Set<Finding>) -> String {
    let rows = Dictionary(grouping: all.filter { $0.situation.server == server }, by: \.title).map { what, findings in
      let replies = Dictionary(grouping: findings, by: \.line).sorted { $0.key < $1.key }
      let cells = [replies.map { code($0.key) }, replies.map { places($0.value, [server]) }]
      return "| \(what) | \(cells.map { $0.joined(separator: "<br>") }.joined(separator: " | ")) |\n"
    }
    return "### \(server)\n\n| asked for | the reply, directly and through usher | where |\n| --- | --- | --- |\n"
      + rows.sorted().joined()
  }

  private static func difference(_ row: Difference, _ all: Set<Finding>) -> String {
    let findings = all.filter { $0.title == row.title }
    let examples = ["-", "+"].map { sign in
      findings.map(\.line).filter { $0.hasPrefix(sign) }.min().map { code(String($0.dropFirst(2))) } ?? ""
    }
    return "| \(row.title) | \(examples[0]) | \(examples[1]) | \(places(findings)) | \(row.reason) |\n"
  }

  /// Which of all there are; what is everywhere is not said.
  private static func places(_ findings: some Sequence<Finding>, _ servers: [String]? = nil) -> String {
    func some(_ all: [String], _ name: (Situation) -> String) -> String? {
      let found = Set(findings.map { name($0.situation) })
      return found.isSuperset(of: all) ? nil : all.filter(found.contains).joined(separator: ", ")
    }
    let parts = [
      some(servers ?? MailServer.all.map(\.name)) { $0.server },
      some(Topology.allCases.map(\.rawValue)) { $0.topology.rawValue },
      some(Way.allCases.map(\.rawValue)) { $0.way.rawValue },
    ].compactMap { $0 }
    return parts.isEmpty ? "everywhere" : parts.joined(separator: "; ")
  }

  private static func code(_ line: String) -> String { "`\(line.replacing("|", with: "\\|"))`" }
}
