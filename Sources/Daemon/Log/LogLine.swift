import Kernel
import Routing
import Wire

/// A line of the log: its time, its level, what happened, and fields in an order that does not change, as text or as JSON.
///
/// Fields are added straight to the bytes: a line is written for each connection.
struct LogLine {
  typealias Level = Settings.Log.Level

  private(set) var bytes: [UInt8] = []
  private let format: Settings.Log.Format

  /// - Parameters:
  ///   - format: text or JSON.
  ///   - forJournal: whether systemd's journal reads it, which takes the level from a number in front.
  init(_ format: Settings.Log.Format, forJournal: Bool, time: WallTime, level: Level) {
    self.format = format
    bytes.reserveCapacity(320)
    if forJournal { bytes.append(contentsOf: level.journalPrefix.utf8) }
    bytes.append(contentsOf: (format == .json ? #"{"time":""# : "").utf8)
    bytes.append(contentsOf: time.timestamp)
    bytes.append(contentsOf: (format == .json ? #"","level":""# : " ").utf8)
    bytes.append(contentsOf: level.rawValue.utf8)
    if format == .json { bytes.append(UInt8(ascii: "\"")) }
  }

  /// What happened, in one word of a few.
  mutating func addEvent(_ word: String) {
    guard format == .text else { return add("event", word) }
    bytes.append(UInt8(ascii: " "))
    bytes.append(contentsOf: word.utf8)
  }

  /// What happened, as a sentence.
  mutating func addMessage(_ sentence: String) {
    guard format == .text else { return add("message", sentence) }
    bytes.append(UInt8(ascii: " "))
    bytes.appendEscaped(sentence)
  }

  /// Text, whatever is in it.
  mutating func add(_ key: String, _ text: String) {
    addKey(key)
    if format == .text, LogLine.isPlain(text) {
      bytes.append(contentsOf: text.utf8)
    } else {
      bytes.appendQuoted(text)
    }
  }

  mutating func add(_ key: String, _ count: UInt64) {
    addKey(key)
    bytes.append(decimal: count)
  }

  /// In milliseconds, with one decimal.
  mutating func add(_ key: String, _ duration: Duration) {
    addKey(key)
    bytes.append(milliseconds: duration)
  }

  /// Ends the line.
  mutating func end() { bytes.append(contentsOf: (format == .json ? "}\n" : "\n").utf8) }

  private mutating func addKey(_ key: String) {
    let isText = format == .text
    bytes.append(UInt8(ascii: isText ? " " : ","))
    if !isText { bytes.append(UInt8(ascii: "\"")) }
    bytes.append(contentsOf: key.utf8)
    if !isText { bytes.append(UInt8(ascii: "\"")) }
    bytes.append(UInt8(ascii: isText ? "=" : ":"))
  }

  /// Whether it needs no quotes in text.
  private static func isPlain(_ text: String) -> Bool {
    let bytes = text.utf8.span
    for index in bytes.indices where !isPlain(bytes[index]) { return false }
    return !bytes.isEmpty
  }

  /// The bytes of names, addresses and paths.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    // The digits, and `-./` in front of them and `:` behind.
    case UInt8(ascii: "-")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "["),
      UInt8(ascii: "]"):
      true
    default: false
    }
  }
}

extension LogLine.Level {
  /// sd-daemon(3): the numbers of syslog(3).
  fileprivate var journalPrefix: String {
    switch self {
    case .debug: "<7>"
    case .info: "<6>"
    case .warning: "<4>"
    case .error: "<3>"
    }
  }

  /// How much it weighs.
  var severity: Int { LogLine.Level.allCases.firstIndex(of: self)! }
}
