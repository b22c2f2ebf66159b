import Foundation
import Synchronization

// The results of the matrix as a page of the documentation: USHER_MATRIX=docs/matrix.md make test FILTER=MatrixTests

extension Cell {
  private static let good = Mutex<[Cell: Set<RelayMode>]>([:])

  /// Notes that it went well; the last one writes the page. What counts is what went well in every relay mode.
  static func delivered(_ cell: Cell) {
    let all = good.withLock { good in
      good[cell, default: []].insert(.current)
      return Set(good.filter { $0.value.count == RelayMode.every.count }.keys)
    }
    guard let path = ProcessInfo.processInfo.environment["USHER_MATRIX"] else { return }
    try? Data(page(all).utf8).write(to: URL(filePath: path))
  }

  private static func page(_ good: Set<Cell>) -> String {
    let tables = Topology.allCases.map { topology in
      "## \(topology.rawValue)\n\n| client | \(servers.map(\.name).joined(separator: " | ")) |\n"
        + "| --- |\(servers.map { _ in " --- |" }.joined())\n"
        + rows(topology).map { row in
          "| \(row.0), \(row.1.rawValue) | "
            + servers.map { server in
              let cell = Cell(serverName: server.name, clientName: row.0, topology: topology, way: row.1)
              return good.contains(cell) ? "✓" : "✗"
            }.joined(separator: " | ") + " |\n"
        }.joined()
    }
    return """
      # Clients, servers and topologies

      Written by the tests (`USHER_MATRIX=docs/matrix.md make test FILTER=MatrixTests`). A ✓ is a message that a real client
      sent through usher, found in the store of a real server, with the client's name, its address and the envelope as they
      should be, both with relays that copy and with relays that splice. Versions are Debian 12's. Through stunnel (TLS in the first two tables) the server behind it sees stunnel's
      address.

      \(tables.joined(separator: "\n"))
      """
  }

  private static func rows(_ topology: Topology) -> [(String, Way)] {
    clients.flatMap { client in Way.allCases.filter(client.ways.contains).map { (client.name, $0) } }
  }
}
