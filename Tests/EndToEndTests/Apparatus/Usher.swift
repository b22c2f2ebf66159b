import Foundation
import Testing

// The program under test, with a rules file that the test writes.

extension Stage {
  /// Starts `usher run`, and returns when it listens on all those ports.
  func startUsher(_ rules: String, ports: [Int]) async throws -> RunningUsher {
    let file = try file("rules.yaml", rules)
    let child = try start("usher", [Machine.usher.path, "run", "--log-format", "json", file.path])
    try await until("usher listens", or: { "\(child.output)\n\(rules)" }) {
      guard child.exitCode == nil else { throw Failure("usher ended:\n\(child.output)\n\(rules)") }
      return ports.allSatisfy { child.sees(listenerOn: $0) }
    }
    return RunningUsher(child: child, port: ports[0], rules: file)
  }
}

/// usher at work.
struct RunningUsher: Sendable {
  let child: Child
  /// Of its first listener.
  let port: Int
  let rules: URL

  /// The lines that end connections, in order.
  var reports: [Report] {
    child.output.split(separator: "\n").compactMap { line in
      (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]).flatMap(Report.init)
    }
  }

  /// The line of the connection that fits, as soon as it is there.
  func report(_ what: String, where fits: (Report) -> Bool = { _ in true }) async throws -> Report {
    try await first("usher reports \(what)", or: { child.output }) { reports.first(where: fits) }
  }

  /// No connection is left, and no descriptor more than before the first.
  func isBackTo(_ descriptors: [String]) async throws {
    try await until(
      "usher has as many descriptors as in the beginning", or: { "\(child.descriptors)\n\(child.output)" }
    ) {
      child.descriptors.count <= descriptors.count
    }
  }
}

/// What is logged of a connection at its end.
struct Report: CustomStringConvertible {
  let fields: [String: Any]
  init?(_ fields: [String: Any]) {
    guard fields["listener"] != nil, fields["client"] != nil else { return nil }
    self.fields = fields
  }
  subscript(key: String) -> String? { fields[key].map { "\($0)" } }
  var description: String { "\(fields)" }
}
