import Patterns
import Testing

@Suite struct PatternErrorTests {
  @Test(arguments: [
    ("/a(b/", "missing closing parenthesis", 4),
    ("/ü[z-a]/", "range out of order in character class", 5),
    ("/*/", "quantifier does not follow a repeatable item", 1),
    ("/abc", "slash", 4),
    ("/", "slash", 1),
    ("//", "nothing", 1),
    ("/a/ig", "no flag is called g", 4),
    (#"/foo\Z/"#, #"\z is the end"#, 4),
    ("/(*UTF)a/", "UTF", 7),
  ]) func saysWhatIsWrongAndWhere(source: String, reason: String, offset: Int) {
    #expect {
      try Pattern(source, ignoresCase: false)
    } throws: { error in
      guard let error = error as? PatternError else { return false }
      #expect(error.offset == offset)
      #expect(error.reason.contains(reason))
      return true
    }
  }

  @Test(arguments: [#"/a\\Z/"#, "/Z/", "(", "[a", "a/b"]) func takesWhatOnlyLooksWrong(source: String) throws {
    #expect(try Pattern(source, ignoresCase: false).source == source)
  }
}
