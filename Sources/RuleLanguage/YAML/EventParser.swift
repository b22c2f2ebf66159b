private import CYAML

/// libyaml's parser, its events as values.
final class EventParser {
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
  /// How many nodes were read.
  var nodes = 0
  /// How many of them aliases have repeated.
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
