// Text for people and programs. Whatever a peer or a file may have put into a name must neither move a terminal's cursor nor
// begin a new line of a log, and Foundation's formatters are not at hand.

import Wire

extension Array where Element == UInt8 {
  /// Adds text between quotes, as JSON has it (RFC 8259 §7).
  mutating func appendQuoted(_ text: String) {
    append(UInt8(ascii: "\""))
    appendEscaped(text)
    append(UInt8(ascii: "\""))
  }

  /// Adds text so that it can stand between the quotes of JSON, which is also how a terminal is not moved by it.
  mutating func appendEscaped(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": append(contentsOf: #"\""#.utf8)
      case "\\": append(contentsOf: #"\\"#.utf8)
      case "\n": append(contentsOf: #"\n"#.utf8)
      case _ where scalar.movesTerminals: appendEscape(scalar)
      default: append(contentsOf: UTF8.encode(scalar)!)
      }
    }
  }

  private mutating func appendEscape(_ scalar: Unicode.Scalar) {
    for unit in UTF16.encode(scalar)! {
      append(contentsOf: #"\u"#.utf8)
      for shift in stride(from: 12, through: 0, by: -4) {
        append(Array("0123456789abcdef".utf8)[Int(unit >> UInt16(shift)) & 15])
      }
    }
  }
}

extension Unicode.Scalar {
  /// Control characters of ASCII and of ISO 6429, line and paragraph separators, and those that turn the direction of text.
  fileprivate var movesTerminals: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}

extension String {
  /// The text without anything that could move a terminal's cursor.
  var printable: String {
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.movesTerminals ? "\u{FFFD}" : $0 }))
  }

  /// The text without spaces at its end.
  var trimmingSpaces: String { String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]) }

  /// The text, and spaces behind it up to that many characters.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension Duration {
  /// Milliseconds with one decimal: `0.4`, `812.1`.
  var millisecondsText: String {
    var text: [UInt8] = []
    text.append(milliseconds: self)
    return String(decoding: text, as: UTF8.self)
  }
}

extension Array where Element == UInt8 {
  /// Adds milliseconds with one decimal; a duration below zero is zero.
  mutating func append(milliseconds duration: Duration) {
    let tenths = UInt64(Swift.max(0, duration.wholeNanoseconds / 100_000))
    append(decimal: tenths / 10)
    append(UInt8(ascii: "."))
    append(decimal: tenths % 10)
  }
}
