// Diagnostics for people: the place in the form that editors and terminals make a link of, the line with what is meant
// underlined, and the way out.
//
//     rules.yaml:4:5: error: a listener has no key `graze` [unknown-key]
//      4 |     graze: 300ms
//        |     ^~~~~
//        = did you mean `grace`?

extension Diagnostic {
  /// Whether the text is for a terminal.
  public enum Style: Sendable, Hashable {
    case plain
    /// With ANSI colours.
    case coloured
  }

  /// Several lines, each with its end.
  public func text(_ style: Style) -> String {
    let paint = Paint(isOn: style == .coloured)
    let colour: Paint.Colour = severity == .error ? .red : .yellow
    var text = heading(position, paint(severity.rawValue, colour), "\(message) [\(kind.rawValue)]", paint)
    text += excerpt(position, colour, paint)
    for note in notes {
      text += heading(note.position, paint("note", .blue), note.message, paint)
      text += excerpt(note.position, .blue, paint)
    }
    if let help { text += "\(margin("")) \(paint("= \(help)", .green))\n" }
    return text
  }

  private func heading(_ position: Position, _ label: String, _ message: String, _ paint: Paint) -> String {
    paint("\(printable(file)):\(position.line):\(position.column):", .bold) + " \(label): "
      + paint(printable(message), .bold) + "\n"
  }

  /// The line, and below it what is meant; of a long line the part around it.
  private func excerpt(_ position: Position, _ colour: Paint.Colour, _ paint: Paint) -> String {
    let line = Array(printable(position.source))
    let target = min(position.column - 1, line.count)
    let fits = line.count <= Excerpt.width || target + Excerpt.lead < Excerpt.width
    let first = fits ? 0 : target - Excerpt.lead
    let last = min(line.count, first + Excerpt.width)
    let shown = (first > 0 ? "…" : "") + String(line[first..<last]) + (last < line.count ? "…" : "")
    // A tab stays one, so that the caret stands below what it means however wide tabs are.
    let indent = (first > 0 ? " " : "") + String(line[first..<target].map { $0 == "\t" ? "\t" : " " })
    let length = max(1, min(position.length, last - target))
    let caret = paint("^" + String(repeating: "~", count: length - 1), colour)
    return "\(margin("\(position.line)")) | \(shown)\n\(margin("")) | \(indent)\(caret)\n"
  }

  /// The line number, set to the right of a margin that fits all numbers of this diagnostic.
  private func margin(_ number: String) -> String {
    let widest = ([position] + notes.map(\.position)).map { "\($0.line)".count }.max() ?? 1
    return String(repeating: " ", count: max(0, widest + 1 - number.count)) + number
  }

  /// No byte of the file moves the cursor or rings the bell.
  private func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          scalar == "\t" || (scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)) ? scalar : "\u{FFFD}"
        }))
  }
}

/// How much of a long line is shown.
private enum Excerpt {
  static let width = 120
  /// Characters before what is meant.
  static let lead = 40
}

/// Colours, or none.
private struct Paint {
  enum Colour: String {
    case bold = "1"
    case red = "1;31"
    case green = "32"
    case yellow = "1;33"
    case blue = "1;34"
  }

  let isOn: Bool

  func callAsFunction(_ text: String, _ colour: Colour) -> String {
    isOn ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }
}
