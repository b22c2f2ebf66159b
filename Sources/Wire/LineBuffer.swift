// Lines out of segments. The buffer holds what has arrived and was not yet taken, never more than its limit.

/// Proof that nothing was buffered behind the line that was taken last. Only a line buffer can mint it, and the
/// switch to TLS consumes it: so what a client pipelined in clear cannot enter the TLS session (CVE-2011-0411).
public struct Drained: ~Copyable, Sendable {
  fileprivate init() {}
}

/// Bytes that are cut into lines. A line ends in LF; one CR before it belongs to the end (RFC 5321 §2.3.8 wants
/// CRLF, but every server that was observed takes LF alone, and two readers must not see different lines).
public struct LineBuffer: Sendable {
  private var bytes: [UInt8] = []
  // 32 bits: a buffer is held for every client, and bounded far below that.
  private var start: UInt32 = 0
  private var searched: UInt32 = 0
  private let limit: UInt32
  /// The longest line that is let through, without its end, in bytes.
  public var longestLine: Int { Int(limit) }

  /// What is at the front of the buffer.
  public enum Front: Sendable, Hashable {
    /// A line without its end.
    case line([UInt8])
    /// No line end yet.
    case partial
    /// More than `longestLine` bytes without a line end.
    case tooLong
  }

  /// - Parameter longestLine: in bytes, without the line end.
  public init(longestLine: Int) { limit = UInt32(longestLine) }

  /// How many bytes wait.
  public var count: Int { bytes.count - Int(start) }
  /// Whether nothing waits.
  public var isEmpty: Bool { count == 0 }
  /// The first byte that waits.
  public var first: UInt8? { Int(start) < bytes.count ? bytes[Int(start)] : nil }

  /// Adds what has arrived. The caller bounds it: it takes the lines out before it reads more.
  public mutating func append(_ more: Span<UInt8>) {
    compact()
    unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }

  /// Takes the line at the front, if it is whole.
  public mutating func next() -> Front {
    guard let end = lineEnd() else { return count > longestLine + 1 ? .tooLong : .partial }
    let first = Int(start)
    let hasCR = end > first && bytes[end - 1] == UInt8(ascii: "\r")
    guard (hasCR ? end - 1 : end) - first <= longestLine else { return .tooLong }
    let line = Array(bytes[first..<(hasCR ? end - 1 : end)])
    start = UInt32(end + 1)
    if isEmpty { compact() }
    return .line(line)
  }

  /// Where the LF at the end of the first line is.
  private mutating func lineEnd() -> Int? {
    var index = Int(max(searched, start))
    while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    searched = UInt32(index)
    return index < bytes.count ? index : nil
  }

  /// A buffer in which nothing waits holds no memory: there is one for each of ten thousand silent clients.
  private mutating func compact() {
    guard start > 0 else { return }
    if isEmpty { bytes = [] } else { bytes.removeSubrange(..<Int(start)) }
    searched -= min(searched, start)
    start = 0
  }

  /// What waits.
  public var waiting: Span<UInt8> {
    @_lifetime(borrow self) get { bytes.span.extracting(Int(start)...) }
  }

  /// Takes that many of the bytes that wait, or all when they are fewer; nil when none do.
  public mutating func take(_ count: Int) -> [UInt8]? {
    guard count > 0, !isEmpty else { return nil }
    guard count < self.count else { return takeAll() }
    defer { start += UInt32(count) }
    return Array(bytes[Int(start)..<Int(start) + count])
  }

  /// Takes all that waits.
  public mutating func takeAll() -> [UInt8] {
    compact()
    searched = 0
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    return taken
  }

  /// The proof that nothing waits, or nil.
  public func drained() -> Drained? { isEmpty ? Drained() : nil }
}
