/// The fields of a line of usher's own log, in either of its forms, with whatever a service manager or syslog has put in front.
struct LogFields {
  private var fields: [(key: String, value: String)] = []

  subscript(key: String) -> String? { fields.first { $0.key == key }?.value }

  /// Reads the line of a connection; nil for all other lines, and for what is none.
  init?(_ line: ArraySlice<UInt8>) {
    guard let start = line.firstIndex(of: UInt8(ascii: "{")), read(json: line[start...]), self["event"] == "connection"
    else {
      fields = []
      guard read(text: line) else { return nil }
      return
    }
  }

  /// `{"time":"…","event":"connection","listener":"smtp","ms":12.5}`.
  private mutating func read(json line: ArraySlice<UInt8>) -> Bool {
    var rest = line.dropFirst()
    while let key = LogFields.takeQuoted(&rest), rest.popFirst() == UInt8(ascii: ":") {
      if let text = LogFields.takeQuoted(&rest) {
        fields.append((key, text))
      } else {
        fields.append((key, LogFields.takeWord(&rest, until: ",}")))
      }
      guard rest.popFirst() == UInt8(ascii: ",") else { return true }
    }
    return false
  }

  /// `2026-11-21T08:00:00.000Z info connection listener=smtp ms=12.5`; the time is what stands before the level.
  private mutating func read(text line: ArraySlice<UInt8>) -> Bool {
    var rest = line
    var words: [String] = []
    while words.last != "connection" {
      guard !rest.isEmpty, words.count < 16 else { return false }
      words.append(LogFields.takeWord(&rest, until: " "))
      _ = rest.popFirst()
    }
    guard words.count >= 3 else { return false }
    fields.append(("time", String(words[words.count - 3].drop { !$0.isNumber })))
    while !rest.isEmpty {
      let key = LogFields.takeWord(&rest, until: "= ")
      guard rest.popFirst() == UInt8(ascii: "=") else { return false }
      fields.append((key, LogFields.takeQuoted(&rest) ?? LogFields.takeWord(&rest, until: " ")))
      _ = rest.popFirst()
    }
    return self["listener"] != nil
  }

  private static func takeWord(_ rest: inout ArraySlice<UInt8>, until ends: StaticString) -> String {
    let ends = UnsafeBufferPointer(start: ends.utf8Start, count: ends.utf8CodeUnitCount)
    let word = rest.prefix { !ends.contains($0) }
    rest = rest[word.endIndex...]
    return String(decoding: word, as: UTF8.self)
  }

  /// A text between quotes. Of escapes it is enough to know where they end: the names that count have none.
  private static func takeQuoted(_ rest: inout ArraySlice<UInt8>) -> String? {
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    var end = rest.startIndex + 1
    while end < rest.endIndex, rest[end] != UInt8(ascii: "\"") { end += rest[end] == UInt8(ascii: "\\") ? 2 : 1 }
    guard end < rest.endIndex else { return nil }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
  }
}
