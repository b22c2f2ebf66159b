import Kernel
import Routing
import Sessions
import Wire

/// What usher remembers of clients, as a file (`settings: state`): lines that a person can read, look through and take out.
///
///     usher-grace 1
///     listener smtp
///     203.0.113.9 silent 1795255200
///     2001:db8:1:2:: late 1795251000
///
/// An IPv6 client is the first address of its 64 bits; the number is the second since 1970 in which it was seen last.
struct GraceState: Equatable {
  /// By the name of the listener.
  var memories: [String: [GraceMemory.Record]]

  private static let title = "usher-grace 1"
  private static let listenerWord = "listener "
  /// Thirty listeners with all the clients that fit.
  static let largest = 64 << 20

  init(_ memories: [String: [GraceMemory.Record]]) { self.memories = memories }

  /// Reads a file.
  /// - Throws: what is wrong with it, by its line; then nothing of it counts.
  init(_ bytes: [UInt8], at now: WallTime) throws(Misfortune) {
    memories = [:]
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard let first = lines.first, String(decoding: first, as: UTF8.self) == GraceState.title else {
      throw Misfortune(reason: "line 1 is not \"\(GraceState.title)\"")
    }
    guard lines.last?.isEmpty == true else { throw Misfortune(reason: "the last line is not whole") }
    var listener: String?
    for (index, line) in lines.enumerated().dropFirst().dropLast() {
      let text = String(decoding: line, as: UTF8.self)
      if text.hasPrefix(GraceState.listenerWord) {
        listener = String(text.dropFirst(GraceState.listenerWord.count))
      } else if let listener, let record = GraceMemory.Record(text, at: now) {
        memories[listener, default: []].append(record)
      } else {
        throw Misfortune(reason: "line \(index + 1) is not an address, what it did, and when")
      }
    }
  }

  /// The file.
  func bytes(at now: WallTime) -> [UInt8] {
    var bytes = Array("\(GraceState.title)\n".utf8)
    for (listener, records) in memories.sorted(by: { $0.key < $1.key }) {
      bytes += "\(GraceState.listenerWord)\(listener)\n".utf8
      for record in records { bytes += "\(record.line(at: now))\n".utf8 }
    }
    return bytes
  }
}

extension GraceMemory.Record {
  fileprivate init?(_ line: String, at now: WallTime) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, let client = IPAddress(String(words[0])), let habit = Grace.Habit(word: words[1]),
      let seen = UInt32(words[2])
    else { return nil }
    self.init(client: client, habit: habit, age: .seconds(max(0, now.milliseconds / 1000 - Int64(seen))))
  }

  fileprivate func line(at now: WallTime) -> String {
    "\(client) \(habit.word) \(max(0, now.milliseconds / 1000 - age.components.seconds))"
  }
}

extension Grace.Habit {
  fileprivate var word: String {
    switch self {
    case .silent: "silent"
    case .tls: "tls"
    case .late: "late"
    }
  }

  fileprivate init?(word: Substring) {
    guard let habit = Grace.Habit.allCases.first(where: { $0.word == word }) else { return nil }
    self = habit
  }
}
