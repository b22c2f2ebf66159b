/// What may stand for a value: how it is read, and what is said when something else stands there.
struct Kind<Value>: Sendable {
  /// In words, with its article and an example: `a duration such as 300ms`.
  let expected: String
  /// The value; nil, with an error in the report, when it is none.
  let read: @Sendable (Node, Report) -> Value?
}

/// A value, and where it stands.
struct Located<Value> {
  let value: Value
  let place: Place
}

extension Located: Sendable where Value: Sendable {}

/// What is wrong with a scalar.
struct Fault: Error {
  var kind = DiagnosticKind.badValue
  let message: String
  var help: String?
  /// Where in the text it is wrong, in characters; nil is all of it.
  var offset: Int?
}

extension Kind {
  /// One scalar.
  static func scalar(
    _ expected: String, _ parse: @escaping @Sendable (Scalar) throws(Fault) -> Value
  ) -> Kind {
    Kind(expected: expected) { node, report in
      guard let scalar = node.scalar, !scalar.isNothing else {
        report.error(.wrongType, node.head, node.isNot(expected))
        return nil
      }
      do throws(Fault) {
        return try parse(scalar)
      } catch {
        report.error(error.kind, node.place(of: error, report.source), error.message, help: error.help)
        return nil
      }
    }
  }

  /// A list of at least one.
  static func list<Element>(_ kind: Kind<Element>, of noun: String) -> Kind where Value == [Located<Element>] {
    Kind(expected: "a list of \(noun)") { node, report in
      guard case .list(let nodes) = node.content else {
        report.error(
          .wrongType, node.head, node.isNot("a list of \(noun)"),
          help: "begin each with `- `, or write [a, b]")
        return nil
      }
      return Kind.elements(nodes, kind, noun, node, report)
    }
  }

  /// One, or a list of at least one.
  static func oneOrMore<Element>(_ kind: Kind<Element>, _ plural: String) -> Kind where Value == [Located<Element>] {
    Kind(expected: "\(kind.expected), or a list of them") { node, report in
      guard case .list(let nodes) = node.content else {
        return kind.read(node, report).map { [Located(value: $0, place: node.head)] }
      }
      return Kind.elements(nodes, kind, plural, node, report)
    }
  }

  private static func elements<Element>(
    _ nodes: [Node], _ kind: Kind<Element>, _ noun: String, _ list: Node, _ report: Report
  ) -> [Located<Element>]? {
    if nodes.isEmpty {
      report.error(.emptyList, list.place, "the list is empty: it needs \(noun)")
      return nil
    }
    return nodes.compactMap { node in kind.read(node, report).map { Located(value: $0, place: node.head) } }
  }
}

extension Node {
  /// Where in the file the fault is: known to the character only when the text stands there as it is.
  fileprivate func place(of fault: Fault, _ source: SourceText) -> Place {
    guard let offset = fault.offset, let scalar else { return place }
    let quote = scalar.isPlain ? 0 : 1
    let inner = Place(place.start + quote, place.end - quote)
    guard source.text(inner) == scalar.text else { return place }
    let start = inner.start + scalar.text.prefix(offset).unicodeScalars.count
    return Place(min(start, max(inner.start, inner.end - 1)), inner.end)
  }
}
