import Routing
import Wire

// The picture of an explanation: a column a moment, a row a rule and a condition, read from left to right as time goes.
//
//                                  accept   grace over   EHLO   MAIL
//     1  encrypted → stunnel          ·         ·          ·      ✗
//          tls: true                  ·         ·          ·      ✗
//     2  everyone else → legacy       ✓         ✓          ✓      ✓   ◀

/// An explanation as text.
struct Picture {
  let reasoning: Reasoning
  let configuration: Configuration
  let listener: Listener
  /// What becomes of the client before any rule is asked again.
  let ending: String?
  let output: Output

  private static let widestLabel = 60

  var text: String {
    ([story, ""] + table + ["", legend, ""] + verdict + [""]).joined(separator: "\n")
  }

  private var story: String {
    let name = output.paint(listener.name.printable, .bold)
    return "Listener \(name). A client \(Picture.sequence(reasoning.moments.map(\.deed)))."
  }

  private var legend: String { "  \(sign(.yes)) yes   \(sign(.no)) no   \(sign(.notYet)) not yet" }

  // MARK: - The table

  private var table: [String] {
    let rows = reasoning.reasons.flatMap { reason in
      [(label(reason), reason.rule, reason.index as Int?)]
        + reason.conditions.map { (label($0), $0, nil) }
    }
    let width = min(Picture.widestLabel, rows.map(\.0.count).max() ?? 0) + 3
    let head = String(repeating: " ", count: width) + columns.map { output.paint($0, .dim) }.joined(separator: "  ")
    return [head] + rows.map { label, line, index in row(label, line, width, rule: index) }
  }

  private var columns: [String] { reasoning.moments.map(\.name.printable) }

  private func label(_ reason: Reason) -> String {
    let name = "\(reason.index + 1)  \(reason.rule.text.printable) → \(goal(listener.rules.rules[reason.index].action))"
    return "  " + name
  }

  private func label(_ line: Line) -> String {
    "  " + String(repeating: "  ", count: line.depth) + "   " + line.text.printable
  }

  private func row(_ label: String, _ line: Line, _ width: Int, rule: Int?) -> String {
    let isWinner = rule != nil && reasoning.decision == .rule(rule!)
    let shown = label.count > Picture.widestLabel ? label.prefix(Picture.widestLabel - 1) + "…" : label[...]
    let cells = zip(columns, line.answers).map { name, answer in centred(answer, name.count) }.joined(separator: "  ")
    let text = String(shown).padded(to: width)
    let painted = isWinner ? output.paint(text, .bold) : rule == nil ? output.paint(text, .dim) : text
    return painted + cells.trimmingSpaces + (isWinner ? output.paint("  ◀", .boldGreen) : "")
  }

  private func centred(_ answer: Answer, _ width: Int) -> String {
    let left = (width - 1) / 2
    return String(repeating: " ", count: left) + sign(answer) + String(repeating: " ", count: width - 1 - left)
  }

  private func sign(_ answer: Answer) -> String {
    switch answer {
    case .yes: output.paint("✓", .green)
    case .no: output.paint("✗", .red)
    case .notYet: output.paint("·", .dim)
    }
  }

  private func goal(_ action: Action) -> String {
    switch action {
    case .to(let server, let terminating):
      "\(configuration[server].name.printable)\(terminating ? ", terminate-tls" : "")"
    case .reject: "reject"
    case .drop: "drop"
    }
  }

  // MARK: - The verdict

  private var verdict: [String] {
    switch reasoning.decision {
    case .rule(let index): decided(index)
    case .notYet: [ending ?? undecided] + others(but: nil)
    case .none: [output.paint("No rule answers: the client is left without a server.", .boldRed)] + others(but: nil)
    }
  }

  private func decided(_ index: Int) -> [String] {
    let action = listener.rules.rules[index].action
    let moment = reasoning.moments[reasoning.moments.count - 1]
    let when = "decided at \(moment.name.printable)"
    let outlook = Outlook(configuration: configuration, listener: listener, moment: moment)
    return ["\(output.paint(headline(index, action), .boldGreen)), \(when)."]
      + outlook.sentences(action).map { "  \($0)" } + others(but: index) + unasked
  }

  private func headline(_ index: Int, _ action: Action) -> String {
    let rule = "rule \(index + 1), \(listener.rules.rules[index].name.printable)"
    guard case .to(let id, _) = action else { return "It is not served: \(rule)" }
    let addresses = configuration[id].addresses.map(\.description.printable).joined(separator: ", ")
    return "It goes to \(configuration[id].name.printable) (\(addresses)): \(rule)"
  }

  private var undecided: String {
    output.paint("Not decided yet", .yellow) + ": tell more of the client (usher help explain)."
  }

  private func others(but winner: Int?) -> [String] {
    let rest = reasoning.reasons.filter { $0.index != winner }
    let width = rest.map { $0.rule.text.printable.count }.max() ?? 0
    let lines = rest.map { reason in
      let name = reason.rule.text.printable.padded(to: width)
      return "  \(reason.index + 1)  \(name)  \(reasoning.whyNot(reason))"
    }
    return lines.isEmpty ? [] : [winner == nil ? "The rules:" : "The others:"] + lines
  }

  private var unasked: [String] {
    reasoning.unasked.isEmpty
      ? [] : ["Not asked for any more: that it \(Picture.sequence(reasoning.unasked.map(\.deed)))."]
  }

  /// `a, b, and c`.
  private static func sequence(_ deeds: [String]) -> String {
    deeds.count < 2 ? deeds.joined() : "\(deeds.dropLast().joined(separator: ", ")), and \(deeds[deeds.count - 1])"
  }
}
