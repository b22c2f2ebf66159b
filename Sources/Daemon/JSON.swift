/// A JSON text (RFC 8259), for the answers of commands. Members keep their order.
indirect enum JSON {
  case null
  case truth(Bool)
  case number(Int)
  /// Milliseconds, with one decimal.
  case milliseconds(Duration)
  case text(String)
  /// JSON that another has written.
  case raw(String)
  case list([JSON])
  case object([(String, JSON)])

  /// On lines that a person can read.
  var text: String {
    var bytes: [UInt8] = []
    write(to: &bytes, indent: "")
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(to bytes: inout [UInt8], indent: String) {
    switch self {
    case .null: bytes += "null".utf8
    case .truth(let truth): bytes += "\(truth)".utf8
    case .number(let number): bytes += "\(number)".utf8
    case .milliseconds(let duration): bytes += duration.millisecondsText.utf8
    case .text(let text): bytes.appendQuoted(text)
    case .raw(let json): bytes += json.utf8
    case .list(let values): JSON.write(values, "[", "]", to: &bytes, indent) { $1.write(to: &$0, indent: $2) }
    case .object(let members):
      JSON.write(members, "{", "}", to: &bytes, indent) { bytes, member, inner in
        bytes.appendQuoted(member.0)
        bytes += ": ".utf8
        member.1.write(to: &bytes, indent: inner)
      }
    }
  }

  private static func write<Part>(
    _ parts: [Part], _ open: String, _ close: String, to bytes: inout [UInt8], _ indent: String,
    _ write: (inout [UInt8], Part, String) -> Void
  ) {
    let inner = indent + "  "
    bytes += open.utf8
    for (index, part) in parts.enumerated() {
      bytes += (index == 0 ? "\n\(inner)" : ",\n\(inner)").utf8
      write(&bytes, part, inner)
    }
    bytes += (parts.isEmpty ? close : "\n\(indent)\(close)").utf8
  }
}
