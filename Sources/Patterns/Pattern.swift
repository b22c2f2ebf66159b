import Wire

/// A text, a glob or a regular expression, asked of bytes that may still be arriving.
public struct Pattern: Sendable {
  /// As it was written.
  public let source: String

  /// - Parameters:
  ///   - source: a plain string, a glob (`*`, `?`), or a PCRE2 expression between slashes with flags (`/^mx\d+/i`).
  ///   - ignoresCase: whether strings and globs are compared without case; an expression says so itself, by `i`.
  public init(_ source: String, ignoresCase: Bool) throws(PatternError) { self.source = source }

  /// Whether the bytes match, given that more may follow them.
  /// - Parameter isWhole: whether nothing follows; then the answer is settled.
  public func matches(_ bytes: Span<UInt8>, isWhole: Bool) -> Answer { .notYet }
}

/// Why a pattern is none.
public struct PatternError: Error, Hashable, Sendable {
  /// What is wrong, in words.
  public let reason: String
  /// Where in the source, in characters.
  public let offset: Int
}
