/// A YAML node and where it stands. What a scalar means is not guessed: whoever reads it knows what it wants.
struct Node: Sendable {
  enum Content: Sendable {
    case scalar(Scalar)
    case list([Node])
    case mapping([Entry])
  }

  /// A key and its value.
  struct Entry: Sendable {
    let key: Node
    let value: Node
  }

  let content: Content
  let place: Place
  /// How many nodes it is, those that aliases repeat counted each time.
  let weight: Int
  /// How deep it is, 1 for a scalar.
  let depth: Int

  init(_ content: Content, at place: Place) {
    self.content = content
    self.place = place
    let parts: [Node] =
      switch content {
      case .scalar: []
      case .list(let nodes): nodes
      case .mapping(let entries): entries.flatMap { [$0.key, $0.value] }
      }
    weight = 1 + parts.reduce(0) { $0 + $1.weight }
    depth = 1 + (parts.map(\.depth).max() ?? 0)
  }
}

/// A scalar, its escapes resolved.
struct Scalar: Sendable, Hashable {
  let text: String
  /// Without quotes, and no block.
  let isPlain: Bool

  /// `key:` with nothing behind it, or with one of YAML's words for nothing.
  var isNothing: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }

  /// As it is written, shortened, between the signs that messages put around what is in the file.
  var quoted: String {
    let quote = isPlain ? "" : "\""
    return "`\(quote)\(text.prefix(40))\(text.count > 40 ? "…" : "")\(quote)`"
  }
}

extension Node {
  /// The scalar, if it is one.
  var scalar: Scalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  /// What stands there, in words.
  var found: String {
    switch content {
    case .scalar(let scalar) where scalar.isNothing: "nothing"
    case .scalar(let scalar): scalar.quoted
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }

  /// That something else was expected.
  func isNot(_ expected: String) -> String {
    scalar?.isNothing == true ? "\(expected) is missing here" : "\(expected) is expected here, not \(found)"
  }

  /// Where it is to be pointed at: a collection at its first piece, because its end is far away.
  var head: Place {
    switch content {
    case .scalar: place
    case .list(let nodes): nodes.first.map { Place(place.start, max(place.start + 1, $0.head.end)) } ?? place
    case .mapping(let entries):
      entries.first.map { entry in
        entry.value.scalar == nil ? entry.key.place : entry.key.place.through(entry.value.place)
      }
        ?? place
    }
  }
}
