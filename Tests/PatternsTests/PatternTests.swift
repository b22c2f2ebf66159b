import Patterns
import Testing
import Wire

/// What a pattern says of a text that is whole, and how many bytes of it settle the answer when they come one by one.
struct Row: Sendable, CustomTestStringConvertible {
  let pattern: String
  let text: String
  let matches: Bool
  /// The least number of bytes that settle it; nil when only the end does.
  let settledAfter: Int?
  var ignoresCase = false
  var testDescription: String { "\(pattern) of \(text.debugDescription)" }

  init(_ pattern: String, _ text: String, _ matches: Bool, settledAfter: Int?, ignoresCase: Bool = false) {
    (self.pattern, self.text, self.matches, self.settledAfter) = (pattern, text, matches, settledAfter)
    self.ignoresCase = ignoresCase
  }
}

let strings: [Row] = [
  Row("mx.example", "mx.example", true, settledAfter: nil),
  Row("mx.example", "mx.example.", false, settledAfter: 11),
  Row("mx.example", "mx.exam", false, settledAfter: nil),
  Row("mx.example", "my.example", false, settledAfter: 2),
  Row("mx.example", "MX.example", false, settledAfter: 1),
  Row("mx.Example", "MX.eXample", true, settledAfter: nil, ignoresCase: true),
  // Of ASCII alone: 0x20 apart are also `@` and `` ` ``, `[` and `{`.
  Row("@[", "`{", false, settledAfter: 1, ignoresCase: true),
  Row("", "", true, settledAfter: nil),
  Row("", "a", false, settledAfter: 1),
  Row("müller", "müller", true, settledAfter: nil),
]

let globs: [Row] = [
  Row("*.example.com", "a.example.com", true, settledAfter: nil),
  Row("*.example.com", "a.b.example.com", true, settledAfter: nil),
  Row("*.example.com", "example.com", false, settledAfter: nil),
  Row("*.Example.com", "A.EXAMPLE.COM", true, settledAfter: nil, ignoresCase: true),
  Row("*.example.com", "a.example.com.evil", false, settledAfter: nil),
  Row("mx*", "mx", true, settledAfter: 2),
  Row("mx*", "mx1.example", true, settledAfter: 2),
  Row("mx*", "my1.example", false, settledAfter: 2),
  Row("*", "", true, settledAfter: 0),
  Row("*", "anything", true, settledAfter: 0),
  Row("*?", "", false, settledAfter: nil),
  Row("*?", "ab", true, settledAfter: 1),
  Row("?*?*", "abc", true, settledAfter: 2),
  Row("**a**", "xxa", true, settledAfter: 3),
  Row("mx?.*", "mx1.example", true, settledAfter: 4),
  Row("mx?", "mx", false, settledAfter: nil),
  Row("a*b*c", "a-b-b-c", true, settledAfter: nil),
  Row("a*b*c", "a-c-c-b", false, settledAfter: nil),
  Row("ab*ba", "aba", false, settledAfter: nil),
  Row("*aab*", "aaab", true, settledAfter: 4),
]

let expressions: [Row] = [
  Row(#"/^mx\d+\./i"#, "MX12.example", true, settledAfter: 5),
  Row(#"/^mx\d+\./"#, "MX12.example", false, settledAfter: 1),
  Row(#"/^mx\d+\./"#, "mxa.example", false, settledAfter: 3),
  Row("/foo/", "a foo", true, settledAfter: 5),
  Row("/foo/", "a bar", false, settledAfter: nil),
  Row("/^foo$/", "foo", true, settledAfter: nil),
  Row("/^foo$/", "foo\n", false, settledAfter: 4),
  Row("/^foo$/m", "foo\r\nbar", true, settledAfter: 4),
  Row(#"/^foo\b/"#, "foo", true, settledAfter: nil),
  Row(#"/^foo\b/"#, "foo bar", true, settledAfter: 4),
  Row(#"/^foo\b/"#, "food", false, settledAfter: 4),
  Row("/^a(?!bc)/", "ab", true, settledAfter: nil),
  Row("/^a(?!bc)/", "abd", true, settledAfter: 3),
  Row("/^a(?!bc)/", "abc", false, settledAfter: 3),
  Row("/^a(?=b)/", "abc", true, settledAfter: 2),
  Row("/^a+/", "aaab", true, settledAfter: 4),
  Row("/^EHLO .*$/", "EHLO a", true, settledAfter: nil),
  Row("/^ a b # spaces mean nothing/x", "ab", true, settledAfter: 2),
  Row("/^a.b/", "a\nb", false, settledAfter: 2),
  Row("/^a.b/s", "a\nb", true, settledAfter: 3),
  Row(#"/^(ab)\1/"#, "abab", true, settledAfter: 4),
  Row(#"/^a\/b/"#, "a/b", true, settledAfter: 3),
  Row("/^a/b/", "a/b", true, settledAfter: 3),
  Row(#"/\Afoo\n^bar/m"#, "foo\nbar", true, settledAfter: 7),
  Row("/^$/", "", true, settledAfter: nil),
]

@Suite struct PatternTests {
  @Test(arguments: strings + globs + expressions) func answersOnceAndEarly(row: Row) throws {
    let pattern = try Pattern(row.pattern, ignoresCase: row.ignoresCase)
    let bytes = Array(row.text.utf8)
    #expect(pattern.asked(bytes, isWhole: true) == Answer(row.matches))
    #expect(pattern.matches(row.text) == row.matches)
    let settled = (0...bytes.count).first { pattern.asked(bytes.prefix($0), isWhole: false) != .notYet }
    #expect(settled == row.settledAfter)
    for count in (settled ?? bytes.count + 1)..<(bytes.count + 1) {
      #expect(pattern.asked(bytes.prefix(count), isWhole: false) == Answer(row.matches))
    }
  }

  @Test func anyBytesMayCome() throws {
    let bytes: [UInt8] = [0xFF, 0x00, 0xC3, 0x28, 0x80]
    #expect(try Pattern(#"/^\xFF\x00.\(\x80$/"#, ignoresCase: false).asked(bytes, isWhole: true) == .yes)
    #expect(try Pattern("???(?", ignoresCase: false).asked(bytes, isWhole: false) == .notYet)
    #expect(try Pattern("*(?", ignoresCase: true).asked(bytes, isWhole: true) == .yes)
    #expect(try Pattern("/./", ignoresCase: false).asked([UInt8](), isWhole: true) == .no)
  }
}
