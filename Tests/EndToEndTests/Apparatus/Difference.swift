import Foundation
import Testing

/// Where a client and usher meet: what differs from the direct connection depends on it.
struct Situation: Sendable, Hashable, CustomTestStringConvertible {
  let server: String
  let topology: Topology
  let way: Way
  var testDescription: String { "\(way.rawValue) → \(topology.rawValue) → \(server)" }
}

/// Something that a client hears otherwise through usher than without it, and why that is meant so. All are in
/// `ExpectedDifferences.swift`; every other one fails a test, and so does one that is no longer heard.
struct Difference: Sendable {
  let title: String
  let reason: String
  let servers: [String]
  let topologies: [Topology]
  let ways: [Way]
  /// The whole lines that are heard only without usher, if any, as a regular expression.
  let direct: String?
  /// The same of lines that are heard only through usher.
  let through: String?

  /// - Parameter servers: nil is all of them.
  init(
    _ title: String, because reason: String, by servers: [MailServer]? = nil,
    in topologies: [Topology] = Topology.allCases, _ ways: [Way] = Way.allCases,
    direct: String? = nil, through: String? = nil
  ) {
    (self.title, self.reason, self.topologies, self.ways) = (title, reason, topologies, ways)
    self.servers = (servers ?? MailServer.all).map(\.name)
    (self.direct, self.through) = (direct, through)
  }

  static func expected(in situation: Situation) -> [Difference] {
    expected.filter {
      $0.servers.contains(situation.server) && $0.topologies.contains(situation.topology)
        && $0.ways.contains(situation.way)
    }
  }

  /// Compares what was heard, and notes for the documentation what is expected.
  /// - Returns: the lines that differ, `-` heard only directly, `+` heard only through usher; a surprise is in no row.
  static func between(
    _ direct: Transcript, _ through: Transcript, in situation: Situation
  ) -> [(line: String, row: Difference?)] {
    let rows = expected(in: situation)
    return through.lines.difference(from: direct.lines).map { change in
      let (line, row) =
        switch change {
        case .remove(_, let line, _): ("- \(line)", rows.first { line.is($0.direct) })
        case .insert(_, let line, _): ("+ \(line)", rows.first { line.is($0.through) })
        }
      if let row { Matrix.differs(row, line, in: situation) }
      return (line, row)
    }
  }
}

extension String {
  fileprivate func `is`(_ pattern: String?) -> Bool {
    guard let pattern else { return false }
    return range(of: "^(?:\(pattern))$", options: .regularExpression) != nil
  }
}
