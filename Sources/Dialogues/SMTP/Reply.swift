import Wire

/// A reply of a mail server (RFC 5321 §4.2): a code and one or more lines of text.
public struct Reply: Sendable, Hashable {
  /// As it is sent: every line with code, separator and CRLF. Kept so, a reply that is held for a client costs one
  /// allocation, and one that is passed on costs none.
  public let bytes: [UInt8]

  /// - Parameters:
  ///   - code: 200 to 599.
  ///   - text: one line.
  public init(_ code: Int, _ text: String) { self.init(code: code, lines: [Array(text.utf8)]) }

  /// - Parameters:
  ///   - code: 200 to 599.
  ///   - lines: without code, separator and line end; at least one.
  public init(code: Int, lines: [[UInt8]]) {
    precondition((200...599).contains(code) && !lines.isEmpty, "not a reply")
    var bytes: [UInt8] = []
    for (index, line) in lines.enumerated() {
      bytes += "\(code)\(index == lines.count - 1 ? " " : "-")".utf8
      bytes += line
      bytes += crlf
    }
    self.bytes = bytes
  }

  /// - Parameter wire: what a reader has found to be a whole reply.
  fileprivate init(wire: [UInt8]) { bytes = wire }

  /// 200 to 599.
  public var code: Int { bytes[..<3].reduce(0) { $0 * 10 + Int($1 - 48) } }
  /// Whether it says yes.
  public var isPositive: Bool { bytes[0] == UInt8(ascii: "2") }

  /// The text of its first line.
  public var firstLine: ArraySlice<UInt8> { bytes[4...].prefix { $0 != 13 } }

  /// All behind its first line, as it is sent.
  public var furtherLines: ArraySlice<UInt8> {
    bytes[(bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.endIndex)...]
  }

  /// The text of its lines; at least one.
  public var lines: [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(rest[(rest.startIndex + 4)..<(end - 1)])
      rest = rest[(end + 1)...]
    }
    return lines
  }
}

/// Whole replies out of segments. A greeting is complete at its `220 ` line, not at a `220-` one: postscreen sends the
/// latter at once and the former six seconds later.
public struct ReplyReader: Sendable {
  private var buffer: LineBuffer
  /// The lines of a reply that is not whole, as it will be kept.
  private var begun: [UInt8] = []
  private var lineCount: UInt32 = 0
  private let mostLines: UInt32

  /// What is at the front.
  public enum Front: Sendable, Hashable {
    case reply(Reply)
    case partial
    /// Not a reply, or longer than the limits.
    case malformed
  }

  /// - Parameters:
  ///   - longestLine: in bytes, without its end.
  ///   - mostLines: of one reply.
  public init(longestLine: Int, mostLines: Int) {
    buffer = LineBuffer(longestLine: longestLine)
    self.mostLines = UInt32(mostLines)
  }

  /// Whether nothing waits, not even a part of a reply.
  public var isEmpty: Bool { buffer.isEmpty && begun.isEmpty }
  /// The proof that the server said nothing behind the reply that was taken last.
  public func drained() -> Drained? { begun.isEmpty ? buffer.drained() : nil }
  /// Adds what has arrived.
  public mutating func append(_ bytes: Span<UInt8>) { buffer.append(bytes) }

  /// Takes what waits, unread.
  public mutating func takeAll() -> [UInt8] {
    defer { begun = [] }
    return begun.isEmpty ? buffer.takeAll() : begun + buffer.takeAll()
  }

  /// Takes the reply at the front, if it is whole.
  public mutating func next() -> Front {
    while true {
      switch buffer.next() {
      case .partial: return .partial
      case .tooLong: return .malformed
      case .line(let line):
        switch take(line) {
        case .some(.partial): continue
        case .some(let front): return front
        case nil: return .malformed
        }
      }
    }
  }

  /// `250-text`, `250 text` or `250` (RFC 5321 §4.2.1), all of one reply with one code; nil when it is neither.
  private mutating func take(_ line: [UInt8]) -> Front? {
    guard line.count >= 3, line[..<3].allSatisfy({ (48...57).contains($0) }), (50...53).contains(line[0]),
      begun.isEmpty || begun[..<3] == line[..<3], lineCount < mostLines
    else { return nil }
    let separator = line.count > 3 ? line[3] : UInt8(ascii: " ")
    guard [UInt8(ascii: " "), UInt8(ascii: "-")].contains(separator) else { return nil }
    begun += line
    if line.count == 3 { begun.append(separator) }
    begun += crlf
    lineCount += 1
    guard separator == UInt8(ascii: " ") else { return .partial }
    defer { (begun, lineCount) = ([], 0) }
    return .reply(Reply(wire: begun))
  }
}
