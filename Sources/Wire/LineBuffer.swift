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
  private var start = 0
  private var searched = 0
  /// The longest line that is let through, without its end, in bytes.
  public let longestLine: Int

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
  public init(longestLine: Int) { self.longestLine = longestLine }

  /// How many bytes wait.
  public var count: Int { bytes.count - start }
  /// Whether nothing waits.
  public var isEmpty: Bool { count == 0 }
  /// The first byte that waits.
  public var first: UInt8? { start < bytes.count ? bytes[start] : nil }

  /// Adds what has arrived. The caller bounds it: it takes the lines out before it reads more.
  public mutating func append(_ more: Span<UInt8>) {
    if start > 0 {
      bytes.removeSubrange(..<start)
      searched -= start
      start = 0
    }
    bytes.reserveCapacity(bytes.count + more.count)
    for index in more.indices { bytes.append(more[index]) }
  }

  /// Takes the line at the front, if it is whole.
  public mutating func next() -> Front {
    searched = max(searched, start)
    while searched < bytes.count, bytes[searched] != UInt8(ascii: "\n") { searched += 1 }
    guard searched < bytes.count else { return count > longestLine + 1 ? .tooLong : .partial }
    let hasCR = searched > start && bytes[searched - 1] == UInt8(ascii: "\r")
    let line = bytes[start..<(hasCR ? searched - 1 : searched)]
    guard line.count <= longestLine else { return .tooLong }
    start = searched + 1
    return .line(Array(line))
  }

  /// What waits.
  public var waiting: Span<UInt8> {
    @_lifetime(borrow self) get { bytes.span.extracting(start...) }
  }

  /// Takes all that waits.
  public mutating func takeAll() -> [UInt8] {
    defer {
      bytes = []
      start = 0
      searched = 0
    }
    return Array(bytes[start...])
  }

  /// The proof that nothing waits, or nil.
  public func drained() -> Drained? { isEmpty ? Drained() : nil }
}
