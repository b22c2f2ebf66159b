import Engine
import Kernel
import Routing
import Wire

/// What a spectator of the demonstration sees: the rules, what to try, and each decision as it falls.
final class DemoStage: Observer {
  private let output: Output
  /// Letters that have arrived, for the built-in clients.
  private let letters = Monitor<[Letter]>([])
  private let door = Monitor<Endpoint?>(nil)

  init(_ output: Output) { self.output = output }

  // MARK: - What the engine tells

  /// Where clients arrive.
  var endpoint: Endpoint? { door.withLock { $0 } }

  func opened(listener: String, at door: Endpoint) { self.door.withLock { $0 = door } }

  func ended(_ connection: ConnectionReport) {
    let summary = connection.summary
    let configuration = connection.configuration
    let rule = summary.rule.map { configuration.listeners[summary.listener].rules.rules[$0].name }
    let server = summary.server.map { configuration[$0].name }
    var line = "\(clock)  \(output.paint("usher  ", .cyan))  "
    line += "\(connection.summary.client)  \(summary.verdict ?? "?")"
    if let rule, let server { line += "  \(output.paint("\(rule) → \(server)", .boldGreen))" }
    if let evidence = summary.decidedBy, let after = summary.decidedAfter {
      line += output.paint(
        "  decided by \(evidence.rawValue) after \(summary.decidedBytes) bytes, \(after.millisecondsText) ms", .dim)
    }
    if let waited = summary.graceWaited { line += output.paint(", waited \(waited.millisecondsText) ms", .dim) }
    line += output.paint("; \(connection.ending)", .dim)
    output.line(line)
  }

  func noticed(_ notice: Notice) {
    if notice.level != .debug { output.line("\(clock)  usher    \(notice.message.printable)") }
  }

  // MARK: - What the sinks tell

  func arrived(_ letter: Letter) {
    let colour = letter.way == "plaintext" ? Colour.yellow : .magenta
    let recipients = letter.recipients.map { "<\($0.printable)>" }.joined(separator: ", ")
    output.line(
      "\(clock)  \(output.paint(letter.server, colour))  a letter by \(output.paint(letter.way, .bold)), "
        + "\(letter.bytes) bytes, from <\(letter.sender.printable)> to \(recipients): \(letter.subject.printable)"
        + output.paint("  [\(letter.client.printable), \(letter.hello.printable)]", .dim))
    letters.change { $0.append(letter) }
  }

  /// Takes the letters that have arrived so far.
  func takeLetters() -> [Letter] {
    letters.withLock { letters in
      defer { letters = [] }
      return letters
    }
  }

  /// `08:56:21.123`, UTC.
  private var clock: String {
    output.paint(String(decoding: WallTime.now.timestamp[11..<23], as: UTF8.self), .dim)
  }
}
