import Foundation
import Testing

// The program under test, with a rules file that the test writes.

extension Machine {
  /// A command of usher, for relays of the scenario's mode.
  static func usher(_ words: String...) -> [String] {
    ["env", "USHER_RELAY=\(RelayMode.current.rawValue)", usher.path] + words
  }
}

extension Stage {
  /// Starts `usher run`, and returns when it listens on all those ports.
  func startUsher(_ rules: String, ports: [Int]) async throws -> RunningUsher {
    let file = try file("rules.yaml", rules)
    let child = try start("usher", Machine.usher("run", "--log-format", "json", file.path))
    try await until("usher listens", or: { "\(child.output)\n\(rules)" }) {
      guard child.exitCode == nil else { throw Failure("usher ended:\n\(child.output)\n\(rules)") }
      return ports.allSatisfy { child.sees(listenerOn: $0) }
    }
    return RunningUsher(child: child, ports: ports, rules: file, relayMode: .current)
  }

  /// usher in front of one mail server.
  func startUsher(
    before addresses: [String], balance: String = "alone", health: String = "{ check: none }"
  ) async throws -> RunningUsher {
    let port = Port.free()
    return try await startUsher(
      Rules.server(at: addresses, balance: balance, listen: "127.0.0.1:\(port)", health: health), ports: [port])
  }
}

/// usher at work.
struct RunningUsher: Sendable {
  let child: Child
  let ports: [Int]
  /// Of its first listener.
  var port: Int { ports[0] }
  let rules: URL
  let relayMode: RelayMode

  /// Whether these words are in its log.
  func says(_ words: String) -> Bool { child.output.contains(words) }

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

  /// What it has open when no client is there, after it has asked its servers what they promise.
  func settledDescriptors() async throws -> Descriptors {
    var last = child.descriptors
    try await until("usher's descriptors stay the same") {
      let before = last
      try await Task.sleep(for: .milliseconds(200))
      last = child.descriptors
      return last == before
    }
    return last
  }

  /// No connection is left: no descriptor more than before the first, but for empty pipes that are kept for the next ones.
  func isBackTo(_ before: Descriptors) async throws {
    try await until(
      "usher has as many descriptors as in the beginning", or: { "\(child.descriptors)\n\(child.output)" }
    ) {
      let now = child.descriptors
      return now.others.count <= before.others.count && now.pipes.count <= mostPipes(of: now)
        && now.pipes.values.allSatisfy { $0 == 2 }
    }
  }

  /// The engine keeps 16 unused pipes for each of its threads, each of which has an epoll of its own.
  private func mostPipes(of descriptors: Descriptors) -> Int {
    relayMode == .copying ? 0 : 16 * descriptors.others.count { $0.hasSuffix("[eventpoll]") }
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
