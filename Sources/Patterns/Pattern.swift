// A text, a glob or a regular expression, asked of bytes that may still be arriving.
//
// All three are asked of bytes, not of characters: a peer may send any. Their answers obey the laws of `Answer`: they are
// monotonic, and strings and globs are early to the byte. An expression is as early as PCRE2 can tell: one whose match
// could still grow, as by a `.*` at its end, is not yet until the bytes are whole.

public import Wire

/// A text, a glob or a regular expression, asked of bytes that may still be arriving.
///
/// - A plain string matches all of the bytes, or none.
/// - A glob has `*` for any run of bytes, empty ones and dots included, and `?` for one byte; it matches all of the bytes:
///   `*.example.com` is `a.example.com` and `a.b.example.com`, but not `example.com`. There is no escape; bytes that
///   have a `*` in them are an expression's work.
/// - An expression stands between slashes, with the flags `i` (without case), `m` (`^` and `$` at lines), `s` (`.` matches
///   line ends) and `x` (spaces and comments mean nothing) behind them. It is searched for anywhere, unless `^` and `$` say
///   otherwise. `$` is the very end, never before a last line end; lines end by CR, LF or both.
public struct Pattern: Sendable {
  /// As it was written.
  public let source: String
  let form: Form

  enum Form: Sendable {
    case glob(Glob)
    case expression(Expression)
  }

  /// - Parameters:
  ///   - source: a plain string, a glob (`*`, `?`), or a PCRE2 expression between slashes with flags (`/^mx\d+/i`).
  ///   - ignoresCase: whether strings and globs are compared without case, that of ASCII; an expression says so itself, by `i`.
  public init(_ source: String, ignoresCase: Bool) throws(PatternError) {
    self.source = source
    form = source.hasPrefix("/") ? .expression(try Expression(source)) : .glob(Glob(source, ignoresCase: ignoresCase))
  }

  /// Whether the bytes match, given that more may follow them.
  /// - Parameter isWhole: whether nothing follows; then the answer is settled.
  public func matches(_ bytes: Span<UInt8>, isWhole: Bool) -> Answer {
    switch form {
    case .glob(let glob): glob.matches(bytes, isWhole: isWhole)
    case .expression(let expression): expression.matches(bytes, isWhole: isWhole)
    }
  }

  /// Whether the text matches; nothing follows it.
  public func matches(_ text: String) -> Bool { matches(text.utf8.span, isWhole: true) == .yes }
}

/// Why a pattern is none.
public struct PatternError: Error, Hashable, Sendable {
  /// What is wrong, in words: PCRE2's own where it found it.
  public let reason: String
  /// Where in the source, in characters.
  public let offset: Int

  /// - Parameters: as the properties.
  public init(reason: String, offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}
