import Kernel
import Routing
import RuleLanguage
import TLS

/// How a command prints its answer.
public enum OutputFormat: String, Sendable, Hashable, CaseIterable { case text, json }

/// `usher check`: what is to be said of a rules file, and of the files that it names.
public struct Checking: Sendable {
  /// The rules file; `-` is the standard input.
  public var file: String
  public var format: OutputFormat
  /// Whether warnings are errors.
  public var isStrict: Bool
  /// Whether the servers are talked to.
  public var connects: Bool

  public init(file: String, format: OutputFormat, isStrict: Bool, connects: Bool) {
    self.file = file
    self.format = format
    self.isStrict = isStrict
    self.connects = connects
  }

  /// Checks, and prints what was found.
  public func run() -> Outcome {
    let loading = Loading(file)
    var world = loading.file?.configuration.map { WorldCheck($0).findings } ?? []
    var visited: ConnectCheck?
    if connects, let configuration = loading.file?.configuration {
      do throws(TLSError) {
        visited = try ConnectCheck(configuration)
      } catch {
        world.append(Finding(severity: .error, message: error.reason))
      }
    }
    let outcome = outcome(loading, world + (visited?.findings ?? []))
    switch format {
    case .text: print(loading, world, visited, outcome)
    case .json: Output.standard.line(json(loading, world, visited, outcome))
    }
    return outcome
  }

  private func outcome(_ loading: Loading, _ world: [Finding]) -> Outcome {
    guard let file = loading.file else { return .wrongWorld }
    if file.configuration == nil || (isStrict && !file.diagnostics.isEmpty) { return .wrongFile }
    let isWrong = world.contains { $0.severity == .error || (isStrict && $0.severity == .warning) }
    return isWrong ? .wrongWorld : .fine
  }

  private func print(_ loading: Loading, _ world: [Finding], _ visited: ConnectCheck?, _ outcome: Outcome) {
    let output = Output.standard
    if let failure = loading.failure { output.line("\(output.paint("error:", .boldRed)) \(failure)") }
    output.show(loading.file?.diagnostics ?? [])
    for finding in world { output.line("\(finding.label(output)) \(finding.message)") }
    if let visited { output.write("\n\(visited.text(output))") }
    guard let configuration = loading.file?.configuration else { return }
    let name = file.printable
    if outcome == .fine {
      output.line("\(output.paint("\(name) can be used", .boldGreen)): \(configuration.inWords)")
    } else {
      output.line(output.paint("\(name) cannot be used as it is", .boldRed))
    }
  }

  private func json(
    _ loading: Loading, _ world: [Finding], _ visited: ConnectCheck?, _ outcome: Outcome
  ) -> String {
    var members: [(String, JSON)] = [
      ("file", .text(file)), ("usable", .truth(outcome == .fine)),
      ("diagnostics", .list((loading.file?.diagnostics ?? []).map { .raw($0.json) })),
      ("findings", .list(world.map(\.json))),
    ]
    members += visited?.json ?? []
    if let failure = loading.failure { members.append(("failure", .text(failure))) }
    return JSON.object(members).text
  }
}

extension Configuration {
  /// `1 listener, 3 rules, 2 servers`.
  fileprivate var inWords: String {
    let rules = listeners.reduce(0) { $0 + $1.rules.rules.count }
    return [(listeners.count, "listener"), (rules, "rule"), (servers.count, "server")]
      .map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", ")
  }
}
