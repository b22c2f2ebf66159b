// What libyaml says of a file that is no YAML, in words of the file's author.

/// Why a document cannot be read.
struct YAMLProblem: Error {
  let kind: DiagnosticKind
  let place: Place
  let message: String
  var help: String?
  var notes: [(Place, String)] = []

  init(_ kind: DiagnosticKind, _ place: Place, _ message: String, help: String?) {
    self.kind = kind
    self.place = place
    self.message = message
    self.help = help
  }

  /// - Parameters:
  ///   - words: libyaml's problem.
  ///   - context: what it was doing.
  ///   - place: where it found the problem.
  ///   - start: where what it was doing began.
  init(libyaml words: String, context: String?, at place: Place, from start: Int?) {
    let sentence = YAMLProblem.sentences.first { $0.matches(words, context) }
    self.init(.badYAML, place, sentence?.message ?? "this is no YAML: \(words)", help: sentence?.help)
    let scanned = sentence?.showsStart == true ? start : nil
    if let scanned, scanned != place.start { notes = [(Place(scanned, scanned + 1), "it began here")] }
  }

  /// The same, in the light of the line that it is about: libyaml's words leave the usual reasons open.
  func seen(in source: SourceText) -> YAMLProblem {
    guard kind == .badYAML else { return self }
    var problem = self
    let position = source.position(place)
    let before = position.source.prefix(position.column - 1)
    if position.source.contains("[::") {
      problem.help = "an IPv6 address is written in quotes: \"[::]:25\""
    } else if position.source.prefix(position.column).contains("\t"), before.allSatisfy(\.isWhitespace) {
      problem = YAMLProblem(.badYAML, place, "a tab cannot indent: YAML counts spaces", help: "indent with spaces")
    } else if message == YAMLProblem.keyOrText, !before.contains(":") {
      problem = YAMLProblem(
        .badYAML, place, "this key is indented more than what stands before it, and belongs to nothing",
        help: "indent it as its neighbours are")
    }
    return problem
  }

  private struct Sentence {
    /// Of libyaml's problem.
    let words: String
    /// Of what it was doing; nil is anything.
    var context: String?
    let message: String
    var help: String?
    var showsStart = false

    func matches(_ words: String, _ context: String?) -> Bool {
      words.contains(self.words) && (self.context.map { context?.contains($0) ?? false } ?? true)
    }
  }

  private static let keyOrText = "a text with a colon and a space in it needs quotes, a key a line of its own"
  private static let quoted = "put the text in single quotes, in which only a quote is special"

  /// The first that matches counts.
  private static let sentences: [Sentence] = [
    Sentence(
      words: "alphabetic or numeric", context: "an alias",
      message: "a star at the beginning is YAML's sign for repeating, not the star of a pattern",
      help: "a pattern that begins with a star is written in quotes: \"*.example.com\""),
    Sentence(
      words: "alphabetic or numeric", context: "an anchor",
      message: "an ampersand at the beginning is YAML's sign for what is repeated later", help: quoted),
    Sentence(
      words: "mapping values are not allowed",
      message: keyOrText, help: quoted),
    Sentence(words: "tab character", message: "a tab cannot indent: YAML counts spaces", help: "indent with spaces"),
    Sentence(
      words: "cannot start any token", message: "a value cannot begin with this character", help: quoted),
    Sentence(
      words: "unknown escape character", message: "this is no escape that double quotes know",
      help: "in single quotes a backslash is a backslash, as an expression wants it"),
    Sentence(
      words: "unexpected end of stream", context: "quoted scalar", message: "the quote that ends this text is missing",
      showsStart: true),
    Sentence(
      words: "could not find expected ':'", message: "a key is written `key: value`, and the colon is missing",
      showsStart: true),
    Sentence(
      words: "',' or ']'", message: "a comma or the `]` that ends the list is missing", showsStart: true),
    Sentence(
      words: "',' or '}'", message: "a comma or the `}` that ends the mapping is missing", showsStart: true),
    Sentence(
      words: "did not find expected '-'", message: "a list goes on with `- `, indented as its first one is",
      help: "a key of the entry above is indented as the first key of that entry", showsStart: true),
    Sentence(
      words: "block sequence entries", message: "a list cannot begin here",
      help: "begin it on a line of its own, or write [a, b]"),
    Sentence(
      words: "did not find expected key", message: "a key is expected here, indented as its neighbours are",
      showsStart: true),
    Sentence(words: "did not find expected node", message: "a value is missing here"),
    Sentence(words: "<document start>", message: "the file goes on where its only document has ended"),
    Sentence(words: "document indicator", message: "the document ends inside of a text", showsStart: true),
  ]
}
