import Dialogues
import Routing
import Wire

/// What the servers promise to whom a plaintext client of a listener can still be sent, and how they differ: a client that was
/// promised what its server has not would lose its mail.
struct PromiseTable: Sendable {
  let listener: String
  /// In the order of the file.
  let servers: [String]
  /// One a keyword on which they differ: what each says, nil is nothing.
  let differences: [(keyword: String, cells: [String?])]
  /// What all have in common, and a client is shown with `capabilities: common`.
  let common: Capabilities

  /// - Parameter reports: of visits in plaintext.
  /// - Returns: nil where fewer than two servers could be asked.
  init?(_ listener: Listener, _ configuration: Configuration, _ reports: [VisitReport]) {
    guard listener.dialogue != nil else { return nil }
    let promises = configuration.servers.indices.compactMap { index -> (String, Capabilities)? in
      let name = configuration.servers[index].name
      guard listener.canShowPlaintext(to: ServerID(index)),
        let report = reports.first(where: { $0.visit.server.name == name && $0.visit.way == .plaintext }),
        let capabilities = report.capabilities
      else { return nil }
      return (name, capabilities.without(Capabilities.isOfOneHop))
    }
    guard promises.count > 1 else { return nil }
    self.listener = listener.name
    servers = promises.map(\.0)
    common = promises.dropFirst().reduce(promises[0].1) { $0.common(with: $1.1) }
    var keywords: [String] = []
    for keyword in promises.flatMap({ $0.1.extensions.map(\.keyword) }) where !keywords.contains(keyword) {
      keywords.append(keyword)
    }
    differences = keywords.compactMap { keyword in
      let cells = promises.map { $0.1[keyword]?.cell }
      return Set(cells).count == 1 ? nil : (keyword, cells)
    }
  }

  func text(_ output: Output) -> String {
    let head = "\(output.paint("listener \(listener.printable)", .bold)): what its servers promise in plaintext"
    guard !differences.isEmpty else { return "\(head) is the same: \(common.words)\n" }
    let rows = [[""] + servers.map(\.printable) + ["all"]] + differences.map(row)
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ").trimmingSpaces
    }
    return "\(head) differs\n" + lines.map { "  \($0)\n" }.joined() + "  the same in all: \(same)\n"
  }

  private func row(_ difference: (keyword: String, cells: [String?])) -> [String] {
    let shown = common[difference.keyword]?.cell ?? "–"
    return [difference.keyword.printable] + difference.cells.map { $0 ?? "–" } + [shown]
  }

  private var same: String {
    common.without { keyword in differences.contains { $0.keyword == keyword } }.words
  }

  var json: JSON {
    .object([
      ("listener", .text(listener)), ("servers", .list(servers.map { .text($0) })),
      (
        "differences",
        .list(
          differences.map { difference in
            .object([
              ("keyword", .text(difference.keyword)),
              ("servers", .list(difference.cells.map { $0.map { .text($0) } ?? .null })),
              ("all", common[difference.keyword].map { .text($0.cell) } ?? .null),
            ])
          })
      ),
      ("common", .list(common.extensions.map { .text($0.text) })),
    ])
  }
}

extension Capabilities.Extension {
  /// What stands in the table beside the keyword.
  fileprivate var cell: String { parameters.isEmpty ? "yes" : parameters.joined(separator: " ").printable }
}
