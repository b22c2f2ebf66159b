// A PCRE2 expression, compiled once and asked of bytes (never of UTF-8: PCRE2 would refuse what is none).
//
// Where three answers come from (pcre2partial(3)). Of bytes that may go on, PCRE2 is asked with PCRE2_PARTIAL_HARD: it gives
// up with a partial match as soon as a path looks past the last byte, so a full match has looked at nothing that could
// still change. That makes *yes* final, with what follows here to close the gaps:
//   - `$` before a last line end, and `\Z`, look at the end without telling: PCRE2_DOLLAR_ENDONLY, and no `\Z`;
//   - `^` of the flag `m` is false at the end even behind a line end: PCRE2_ALT_CIRCUMFLEX;
//   - PCRE2 does not begin a match between CR and LF: an empty match at the end waits for one byte more.
// No match is *no* only of an expression that must begin at the first byte; any other could begin at a byte to come.

private import CPCRE2
import Wire

/// A compiled expression. Immutable after `init`; PCRE2 lets any number of threads match with it, each with match data of its own.
final class Expression: @unchecked Sendable {
  private let code: OpaquePointer
  /// Whether it can match at the first byte alone.
  private let isAnchored: Bool

  /// - Parameter source: with its slashes and flags.
  init(_ source: String) throws(PatternError) {
    let parts = try Parts(source)
    code = try Expression.compile(parts)
    // Without JIT (no executable memory, as under systemd's MemoryDenyWriteExecute) PCRE2 interprets: slower, as right.
    pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_HARD)
    var options: UInt32 = 0
    pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_ALLOPTIONS), &options)
    isAnchored = options & PCRE2_ANCHORED != 0
  }

  deinit { pcre2_code_free_8(code) }

  func matches(_ bytes: Span<UInt8>, isWhole: Bool) -> Answer {
    let isCut = bytes.count > Effort.bytes
    let subject = isCut ? bytes.extracting(first: Effort.bytes) : bytes
    return subject.withUnsafeBufferPointer { matches($0, isWhole: isWhole || isCut) }
  }

  private func matches(_ subject: UnsafeBufferPointer<UInt8>, isWhole: Bool) -> Answer {
    guard let data = pcre2_match_data_create_8(1, nil) else { return isWhole ? .no : .notYet }
    defer { pcre2_match_data_free_8(data) }
    let options = isWhole ? 0 : PCRE2_PARTIAL_HARD
    var result = run(subject, options, data)
    // The interpreter keeps its frames on the heap, where JIT has 32 KiB of stack.
    if result == PCRE2_ERROR_JIT_STACKLIMIT { result = run(subject, options | PCRE2_NO_JIT, data) }
    if isWhole { return Answer(result >= 0) }
    if result >= 0 { return pcre2_get_startchar_8(data) < subject.count ? .yes : .notYet }
    // A limit that was reached settles nothing while bytes can still come: *no* could turn into *yes*.
    return result == PCRE2_ERROR_NOMATCH && isAnchored && !subject.isEmpty ? .no : .notYet
  }

  private func run(_ subject: UnsafeBufferPointer<UInt8>, _ options: UInt32, _ data: OpaquePointer) -> Int32 {
    guard let start = subject.baseAddress else {
      return withUnsafePointer(to: 0) { pcre2_match_8(code, $0, 0, 0, options, data, Effort.context) }
    }
    return pcre2_match_8(code, start, subject.count, 0, options, data, Effort.context)
  }

  private static func compile(_ parts: Parts) throws(PatternError) -> OpaquePointer {
    var (number, offset): (Int32, Int) = (0, 0)
    guard let context = pcre2_compile_context_create_8(nil) else { throw PatternError(reason: "no memory", offset: 0) }
    defer { pcre2_compile_context_free_8(context) }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_ANYCRLF))
    let always = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_CIRCUMFLEX
    let body = Array(parts.body.utf8)
    guard let code = pcre2_compile_8(body, body.count, always | parts.options, &number, &offset, context) else {
      // PCRE2 counts bytes from behind the slash.
      let characters = String(decoding: body.prefix(offset), as: UTF8.self).count
      throw PatternError(reason: message(number), offset: 1 + characters)
    }
    return code
  }

  private static func message(_ number: Int32) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
      let count = pcre2_get_error_message_8(number, buffer.baseAddress, buffer.count)
      return count < 0 ? "PCRE2 error \(number)" : String(decoding: buffer[..<Int(count)], as: UTF8.self)
    }
  }
}

/// How much work one question may cost, whatever the expression and the bytes are. A limit that is reached is no match.
private enum Effort {
  /// Bytes that are looked at; what follows them is not seen.
  static let bytes = 8192
  /// Steps of a match from one starting byte.
  static let steps: UInt32 = 20_000
  /// Backtracking points at once.
  static let depth: UInt32 = 20_000
  /// KiB of heap for them.
  static let heap: UInt32 = 4096

  /// The limits, as PCRE2 takes them: made once, only read after that.
  nonisolated(unsafe) static let context: OpaquePointer? = {
    guard let context = pcre2_match_context_create_8(nil) else { return nil }
    pcre2_set_match_limit_8(context, steps)
    pcre2_set_depth_limit_8(context, depth)
    pcre2_set_heap_limit_8(context, heap)
    return context
  }()
}

/// What stands between the slashes, and behind them.
private struct Parts {
  let body: Substring
  let options: UInt32

  init(_ source: String) throws(PatternError) {
    guard let end = source.lastIndex(of: "/"), end > source.startIndex else {
      throw PatternError(reason: "the slash that ends the expression is missing", offset: source.count)
    }
    body = source[source.index(after: source.startIndex)..<end]
    if body.isEmpty { throw PatternError(reason: "nothing stands between the slashes", offset: 1) }
    try Parts.refuseLastLineEnd(body)
    options = try Parts.options(source[source.index(after: end)...], offset: body.count + 2)
  }

  private static func options(_ flags: Substring, offset: Int) throws(PatternError) -> UInt32 {
    var options: UInt32 = 0
    for (index, flag) in flags.enumerated() {
      switch flag {
      case "i": options |= PCRE2_CASELESS
      case "m": options |= PCRE2_MULTILINE
      case "s": options |= PCRE2_DOTALL
      case "x": options |= PCRE2_EXTENDED
      default: throw PatternError(reason: "no flag is called \(flag): there are i, m, s and x", offset: offset + index)
      }
    }
    return options
  }

  /// `\Z` is true before a last line end, which more bytes make untrue.
  private static func refuseLastLineEnd(_ body: Substring) throws(PatternError) {
    var isEscaped = false
    for (index, character) in body.enumerated() {
      if isEscaped, character == "Z" {
        throw PatternError(reason: "\\Z is not offered: \\z is the end, \\R?\\z one with a line end", offset: index)
      }
      isEscaped = character == "\\" && !isEscaped
    }
  }
}
