// YAML text → nodes, by libyaml's events: they have the beginning and the end of each node, which a diagnostic underlines.

/// Reads one document. Tags and merge keys are refused, aliases are followed, within `YAMLLimits`.
struct YAMLReader {
  private let parser: EventParser
  private let report: Report
  private var anchors: [String: Node] = [:]
  /// Anchors whose node is not complete yet.
  private var open: Set<String> = []

  /// The one document of the file; nil, with an error in the report, when there is none or it is no YAML.
  static func document(_ source: SourceText, _ report: Report) -> Node? {
    source.bytes.withUnsafeBufferPointer { bytes in
      var reader = YAMLReader(parser: EventParser(bytes), report: report)
      do throws(YAMLProblem) {
        return try reader.document()
      } catch {
        let problem = error.seen(in: source)
        report.error(problem.kind, problem.place, problem.message, help: problem.help, notes: problem.notes)
        return nil
      }
    }
  }

  private mutating func document() throws(YAMLProblem) -> Node? {
    _ = try parser.next()
    guard case .documentStart = try parser.next() else {
      report.error(.emptyFile, Place(0, 0), "the file says nothing", help: YAMLReader.smallest)
      return nil
    }
    let root = try node(try parser.next(), depth: 1)
    _ = try parser.next()
    let end = try parser.next()
    if case .documentStart = end {
      throw YAMLProblem(
        .severalDocuments, parser.place, "a second document begins here; a rules file is one", help: "remove the `---`")
    }
    return root
  }

  private static let smallest =
    "the smallest file has a listener and a server; `docs/rules.md` begins with one"

  private mutating func node(_ event: EventParser.Event, depth: Int) throws(YAMLProblem) -> Node {
    let place = parser.place
    if depth > YAMLLimits.depth {
      throw YAMLProblem(.tooDeep, place, "this is nested deeper than \(YAMLLimits.depth) levels", help: nil)
    }
    parser.nodes += 1
    if parser.nodes > YAMLLimits.nodes {
      throw YAMLProblem(.tooLarge, place, "the file has more than \(YAMLLimits.nodes) values", help: nil)
    }
    switch event {
    case .alias(let name): return try repeated(name, at: place, depth: depth)
    case .scalar(let scalar, let properties):
      return try named(properties, place) { _, _ throws(YAMLProblem) in Node(.scalar(scalar), at: place) }
    case .listStart(let properties):
      return try named(properties, place) { reader, place throws(YAMLProblem) in try reader.list(place, depth) }
    case .mappingStart(let properties):
      return try named(properties, place) { reader, place throws(YAMLProblem) in try reader.mapping(place, depth) }
    default: throw YAMLProblem(.badYAML, place, "a value is missing here", help: nil)
    }
  }

  private mutating func list(_ start: Place, _ depth: Int) throws(YAMLProblem) -> Node {
    var nodes: [Node] = []
    while true {
      let event = try parser.next()
      if case .listEnd = event { return Node(.list(nodes), at: start.through(parser.place)) }
      nodes.append(try node(event, depth: depth + 1))
    }
  }

  private mutating func mapping(_ start: Place, _ depth: Int) throws(YAMLProblem) -> Node {
    var entries: [Node.Entry] = []
    var first: [String: Place] = [:]
    while true {
      let event = try parser.next()
      if case .mappingEnd = event { return Node(.mapping(entries), at: start.through(parser.place)) }
      let key = try node(event, depth: depth + 1)
      let value = try node(try parser.next(), depth: depth + 1)
      if isUsable(key, &first) { entries.append(Node.Entry(key: key, value: value)) }
    }
  }

  /// Whether a key is a scalar that stands there for the first time; if not, that is reported.
  private func isUsable(_ key: Node, _ first: inout [String: Place]) -> Bool {
    guard let name = key.scalar else {
      report.error(.badKey, key.head, "a key is a word, not \(key.found)", help: nil)
      return false
    }
    if name.text == "<<", name.isPlain {
      report.error(
        .mergeKey, key.place, "merge keys are not taken",
        help: "write the keys out, so that each stands where it counts")
      return false
    }
    if let first = first[name.text] {
      report.error(
        .duplicateKey, key.place, "`\(name.text)` stands here twice", help: "remove one of them",
        notes: [(first, "it is here first")])
      return false
    }
    first[name.text] = key.place
    return true
  }

  private mutating func named(
    _ properties: EventParser.Properties, _ place: Place,
    _ make: (inout YAMLReader, Place) throws(YAMLProblem) -> Node
  ) throws(YAMLProblem) -> Node {
    let standard = "tag:yaml.org,2002:"
    if let tag = properties.tag {
      report.error(
        .tag, place,
        "the tag `\(tag.hasPrefix(standard) ? "!!" + tag.dropFirst(standard.count) : tag)` means nothing here: a value is read as what its key wants",
        help: "remove it")
    }
    guard let anchor = properties.anchor else { return try make(&self, place) }
    open.insert(anchor)
    let node = try make(&self, place)
    open.remove(anchor)
    anchors[anchor] = node
    return node
  }

  /// What an alias stands for. Its weight counts again, so that ten lines cannot mean a billion nodes.
  private func repeated(_ name: String, at place: Place, depth: Int) throws(YAMLProblem) -> Node {
    if open.contains(name) {
      throw YAMLProblem(.alias, place, "`*\(name)` stands inside of what it repeats", help: nil)
    }
    guard let node = anchors[name] else {
      throw YAMLProblem(
        .alias, place, "`*\(name)` repeats what an earlier `&\(name)` marks, and there is none",
        help: "a pattern that begins with a star is written in quotes: \"*\(name)\"")
    }
    parser.repeated += node.weight
    if parser.repeated > YAMLLimits.repeated || depth + node.depth > YAMLLimits.depth + 1 {
      throw YAMLProblem(
        .alias, place, "with `*\(name)` aliases repeat more than \(YAMLLimits.repeated) values",
        help: "write less, or repeat less")
    }
    return node
  }
}

/// What a rules file may cost. 10,000 rules are 2 MiB and five levels.
enum YAMLLimits {
  /// Bytes of a file.
  static let bytes = 16 * 1024 * 1024
  /// Levels of lists and mappings.
  static let depth = 64
  /// Keys and values, lists and mappings.
  static let nodes = 1_000_000
  /// Nodes that aliases repeat.
  static let repeated = 100_000
}
