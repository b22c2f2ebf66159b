import Wire

/// A reply of a mail server (RFC 5321 §4.2): a code and one or more lines of text.
public struct Reply: Sendable, Hashable {
  /// 200 to 599.
  public let code: Int
  /// Without code, separator and line end; at least one.
  public let lines: [[UInt8]]

  /// - Parameters:
  ///   - code: 200 to 599.
  ///   - text: one line.
  public init(_ code: Int, _ text: String) { self.init(code: code, lines: [Array(text.utf8)]) }

  /// - Parameters:
  ///   - code: 200 to 599.
  ///   - lines: at least one.
  public init(code: Int, lines: [[UInt8]]) {
    precondition((200...599).contains(code) && !lines.isEmpty, "not a reply")
    self.code = code
    self.lines = lines
  }

  /// Whether it says yes.
  public var isPositive: Bool { (200...299).contains(code) }

  /// As it is sent.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for (index, line) in lines.enumerated() {
      bytes += "\(code)\(index == lines.count - 1 ? " " : "-")".utf8
      bytes += line
      bytes += crlf
    }
    return bytes
  }
}

/// Whole replies out of segments. A greeting is complete at its `220 ` line, not at a `220-` one: postscreen sends the
/// latter at once and the former six seconds later.
public struct ReplyReader: Sendable {
  private var buffer: LineBuffer
  private var code = 0
  private var lines: [[UInt8]] = []
  private let mostLines: Int

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
    self.mostLines = mostLines
  }

  /// Whether nothing waits, not even a part of a reply.
  public var isEmpty: Bool { buffer.isEmpty && lines.isEmpty }
  /// The proof that the server said nothing behind the reply that was taken last.
  public func drained() -> Drained? { lines.isEmpty ? buffer.drained() : nil }
  /// Takes what waits, unread.
  public mutating func takeAll() -> [UInt8] { buffer.takeAll() }
  /// Adds what has arrived.
  public mutating func append(_ bytes: Span<UInt8>) { buffer.append(bytes) }

  /// Takes the reply at the front, if it is whole.
  public mutating func next() -> Front {
    while true {
      switch buffer.next() {
      case .partial: return .partial
      case .tooLong: return .malformed
      case .line(let line):
        guard let (code, isLast) = ReplyReader.parse(line), lines.isEmpty || code == self.code, lines.count < mostLines
        else { return .malformed }
        self.code = code
        lines.append(Array(line.dropFirst(4)))
        guard isLast else { continue }
        defer { lines = [] }
        return .reply(Reply(code: code, lines: lines))
      }
    }
  }

  /// `250-text`, `250 text` or `250` (RFC 5321 §4.2.1).
  private static func parse(_ line: [UInt8]) -> (code: Int, isLast: Bool)? {
    guard line.count >= 3, line[..<3].allSatisfy({ (48...57).contains($0) }), (50...53).contains(line[0]) else {
      return nil
    }
    let code = line[..<3].reduce(0) { $0 * 10 + Int($1 - 48) }
    guard line.count > 3 else { return (code, true) }
    return line[3] == UInt8(ascii: " ") ? (code, true) : line[3] == UInt8(ascii: "-") ? (code, false) : nil
  }
}
