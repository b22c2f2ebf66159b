import Dialogues
import Kernel
import Routing
import TLS
import Wire

/// `usher check --connect`: what all servers of a file say, and what it means.
struct ConnectCheck: Sendable {
  /// What was found of one server.
  struct ServerVerdict: Sendable {
    let server: Server
    /// In the order of its addresses and ways.
    let visits: [(report: VisitReport, findings: [Finding])]
  }

  let servers: [ServerVerdict]
  let tables: [PromiseTable]

  /// How long each answer of a server may take. One that looks a stranger up in a DNS that does not answer needs 10 to 21 s.
  private static let patience = Duration.seconds(30)

  /// Talks to all servers at the same time, and waits for the last.
  init(_ configuration: Configuration) throws(TLSError) {
    let context = try ClientContext()
    let visits = configuration.visits(patience: ConnectCheck.patience)
    let reports = Monitor([VisitReport?](repeating: nil, count: visits.count))
    for (index, visit) in visits.enumerated() {
      Thread.detach("usher-visit") {
        let report = visit.report(context)
        reports.change { $0[index] = report }
      }
    }
    let all = reports.wait(until: { $0.allSatisfy { $0 != nil } }) { $0.compactMap { $0 } }
    servers = configuration.servers.indices.map { index in
      let server = configuration.servers[index]
      let isExposed = configuration.isExposed(ServerID(index))
      let visits = all.filter { $0.visit.server.name == server.name }
      return ServerVerdict(server: server, visits: visits.map { ($0, $0.findings(isExposed: isExposed)) })
    }
    tables = configuration.listeners.compactMap { PromiseTable($0, configuration, all) }
  }

  var findings: [Finding] { servers.flatMap { $0.visits.flatMap(\.findings) } }

  func text(_ output: Output) -> String {
    servers.map { server in
      server.visits.map { report, findings in
        let name = output.paint(server.server.name.printable, .bold)
        let lines = findings.map { "  \($0.sign(output)) \($0.message)\n" }.joined()
        return "\(name) at \(report.visit.address.description.printable), \(report.visit.way.words)\n\(lines)\n"
      }.joined()
    }.joined() + tables.map { $0.text(output) + "\n" }.joined()
  }

  var json: [(String, JSON)] {
    [
      (
        "servers",
        .list(
          servers.map { server in
            .object([
              ("name", .text(server.server.name)),
              ("client-address", .text(server.server.clientAddress.rawValue)),
              ("visits", .list(server.visits.map { $0.report.json($0.findings) })),
            ])
          })
      ),
      ("promises", .list(tables.map(\.json))),
    ]
  }
}

extension Finding {
  fileprivate func sign(_ output: Output) -> String {
    switch severity {
    case .note: output.paint("✓", .green)
    case .warning: output.paint("!", .yellow)
    case .error: output.paint("✗", .boldRed)
    }
  }
}

extension VisitReport {
  fileprivate func json(_ findings: [Finding]) -> JSON {
    .object([
      ("address", .text(visit.address.description)), ("way", .text(visit.way.rawValue)),
      ("reachable", .truth(connectedAfter != nil)),
      ("connected-ms", connectedAfter.map { .milliseconds($0) } ?? .null),
      ("greeted-ms", greetedAfter.map { .milliseconds($0) } ?? .null),
      ("greeting", greeting.map { .text($0.text) } ?? .null),
      ("promises", capabilities.map { .list($0.extensions.map { .text($0.text) }) } ?? .null),
      ("tls", tls.map(VisitReport.json) ?? .null), ("relays-for-strangers", relayJSON),
      ("findings", .list(findings.map(\.json))),
    ])
  }

  private static func json(_ tls: ClientSession.Server) -> JSON {
    .object([
      ("version", .text(tls.version)), ("cipher", .text(tls.cipher)),
      ("names", .list((tls.certificate?.names ?? []).map { .text($0) })),
      ("expires", tls.certificate.map { .text($0.expiry) } ?? .null),
      ("distrust", tls.distrust.map { .text($0) } ?? .null),
    ])
  }

  private var relayJSON: JSON {
    switch relay {
    case .takes: .truth(true)
    case .refuses: .truth(false)
    case .unknown, nil: .null
    }
  }
}
