// YAML text → nodes, by libyaml's events: they have the beginning and the end of each node, which a diagnostic underlines.

private import CYAML

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
  /// Nodes that aliases repeat.
  static let repeated = 100_000
}

/// libyaml's parser, its events as values.
private final class EventParser {
  /// An anchor (`&name`) and a tag (`!name`) before a node.
  struct Properties {
    var anchor: String?
    var tag: String?
  }

  enum Event {
    case documentStart
    case alias(String)
    case scalar(Scalar, Properties)
    case listStart(Properties)
    case listEnd
    case mappingStart(Properties)
    case mappingEnd
    /// Of the stream, and of the document.
    case other
  }

  /// Of the event that was read last.
  private(set) var place = Place(0, 0)
  /// How many nodes aliases have repeated.
  var repeated = 0
  /// libyaml keeps a pointer to its parser in the parser.
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)

  /// - Parameter bytes: must outlive the parser.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    precondition(yaml_parser_initialize(parser) == 1, "no memory")
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  func next() throws(YAMLProblem) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
    defer { yaml_event_delete(&event) }
    place = Place(event.start_mark.index, event.end_mark.index)
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_ALIAS_EVENT: return .alias(EventParser.text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT: return scalar(event.data.scalar)
    case YAML_SEQUENCE_START_EVENT:
      return .listStart(properties(event.data.sequence_start.anchor, event.data.sequence_start.tag))
    case YAML_SEQUENCE_END_EVENT: return .listEnd
    case YAML_MAPPING_START_EVENT:
      return .mappingStart(properties(event.data.mapping_start.anchor, event.data.mapping_start.tag))
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    default: return .other
    }
  }

  private func scalar(_ data: yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar) -> Event {
    let text = String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
    let scalar = Scalar(text: text, isPlain: data.style == YAML_PLAIN_SCALAR_STYLE)
    return .scalar(scalar, properties(data.anchor, data.tag))
  }

  private func properties(_ anchor: UnsafePointer<yaml_char_t>?, _ tag: UnsafePointer<yaml_char_t>?) -> Properties {
    Properties(anchor: EventParser.text(anchor), tag: EventParser.text(tag))
  }

  private static func text(_ pointer: UnsafePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  private func problem() -> YAMLProblem {
    let words = parser.pointee.problem.map { String(cString: $0) } ?? "libyaml gives no reason"
    let context = parser.pointee.context.map { String(cString: $0) }
    let mark = parser.pointee.problem_mark.index
    let start = context == nil ? nil : parser.pointee.context_mark.index
    return YAMLProblem(libyaml: words, context: context, at: Place(mark, mark + 1), from: start)
  }
}
