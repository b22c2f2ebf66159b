// A plain string or a glob. A plain string is a glob without stars: one segment, which is the whole.

import Wire

/// What stands before, between and behind the stars of a glob.
final class Glob: Sendable {
  /// What one byte is compared with.
  enum Symbol: Sendable, Equatable {
    case byte(UInt8)
    /// `?`
    case any
  }

  /// At the very beginning; without stars, all there is.
  let head: [Symbol]
  /// Between two stars, in order, none empty.
  private let middle: [[Symbol]]
  /// Behind the last star; nil without stars, empty when a star is last.
  let tail: [Symbol]?
  private let ignoresCase: Bool

  init(_ source: String, ignoresCase: Bool) {
    self.ignoresCase = ignoresCase
    let star = UInt8(ascii: "*")
    let segments = Glob.questionsFirst(Array(source.utf8)).split(separator: star, omittingEmptySubsequences: false)
      .map { $0.map { Glob.symbol($0, ignoresCase: ignoresCase) } }
    head = segments[0]
    middle = segments.dropFirst().dropLast().filter { !$0.isEmpty }
    tail = segments.count > 1 ? segments[segments.count - 1] : nil
  }

  /// `*?` means `?*`; written so, a glob that ends in a star is one that any end fits.
  private static func questionsFirst(_ source: [UInt8]) -> [UInt8] {
    let (star, question) = (UInt8(ascii: "*"), UInt8(ascii: "?"))
    var result: [UInt8] = []
    var stars = 0
    for byte in source {
      if byte == star {
        stars = 1
        continue
      }
      if byte != question {
        result += Array(repeating: star, count: stars)
        stars = 0
      }
      result.append(byte)
    }
    return result + Array(repeating: star, count: stars)
  }

  private static func symbol(_ byte: UInt8, ignoresCase: Bool) -> Symbol {
    byte == UInt8(ascii: "?") ? .any : .byte(ignoresCase ? lowercase(byte) : byte)
  }

  static func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  func matches(_ bytes: Span<UInt8>, isWhole: Bool) -> Answer {
    let compared = min(head.count, bytes.count)
    guard fits(head[..<compared], bytes, at: 0) else { return .no }
    guard compared == head.count else { return isWhole ? .no : .notYet }
    guard let tail else { return bytes.count > head.count ? .no : isWhole ? .yes : .notYet }
    guard let end = endOfMiddle(bytes) else { return isWhole ? .no : .notYet }
    if tail.isEmpty { return .yes }
    guard isWhole else { return .notYet }
    return Answer(bytes.count - end >= tail.count && fits(tail[...], bytes, at: bytes.count - tail.count))
  }

  /// Where the middle segments end when each is taken where it is first found; nil if one is not there.
  /// Taking the first is enough: a later place leaves less for the others.
  private func endOfMiddle(_ bytes: Span<UInt8>) -> Int? {
    var position = head.count
    for segment in middle {
      while position + segment.count <= bytes.count, !fits(segment[...], bytes, at: position) { position += 1 }
      guard position + segment.count <= bytes.count else { return nil }
      position += segment.count
    }
    return position
  }

  private func fits(_ segment: ArraySlice<Symbol>, _ bytes: Span<UInt8>, at position: Int) -> Bool {
    var position = position
    for symbol in segment {
      if case .byte(let byte) = symbol, byte != (ignoresCase ? Glob.lowercase(bytes[position]) : bytes[position]) {
        return false
      }
      position += 1
    }
    return true
  }
}
