// Diagnostics for tools.

extension Diagnostic {
  /// One JSON object on one line: `severity`, `kind`, `file`, `line`, `column`, `length`, `message`, `help` (or null) and
  /// `notes`, each with `line`, `column`, `length` and `message`.
  public var json: String {
    let notes = notes.map { "{\(Diagnostic.json($0.position)),\"message\":\(JSON.string($0.message))}" }
    return "{\"severity\":\(JSON.string(severity.rawValue)),\"kind\":\(JSON.string(kind.rawValue)),"
      + "\"file\":\(JSON.string(file)),\(Diagnostic.json(position)),\"message\":\(JSON.string(message)),"
      + "\"help\":\(help.map(JSON.string) ?? "null"),\"notes\":[\(notes.joined(separator: ","))]}"
  }

  private static func json(_ position: Position) -> String {
    "\"line\":\(position.line),\"column\":\(position.column),\"length\":\(position.length)"
  }
}

private enum JSON {
  /// RFC 8259 §7.
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
