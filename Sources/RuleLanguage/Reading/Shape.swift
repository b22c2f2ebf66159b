// The keys of a mapping, as a table: what it says drives the reading, and is what the reference, the JSON schema and the
// tests are held against.

/// One key of a mapping, with nothing of how it is read.
struct KeyRow: Sendable {
  enum Presence: Sendable, Hashable {
    /// Why it cannot be left out.
    case required(String)
    /// What counts when it is left out, as it could be written; nil is nothing.
    case optional(String?)
  }

  let name: String
  /// What may stand there, in words.
  let expected: String
  let presence: Presence
  /// One sentence, for the reference and for editors.
  let summary: String
  /// A value, as it could be written.
  let example: String
  /// What other programs call it.
  let synonyms: [String]
}

/// What a mapping is read into: a value whose parts may be missing, because they were left out or could not be read.
protocol Draft: Sendable {
  /// Told at the end of reading: where the mapping begins, and which keys it has, readable or not.
  mutating func wasRead(from place: Place, keys: Set<String>)
}

extension Draft {
  mutating func wasRead(from place: Place, keys: Set<String>) {}
}

/// One key of a mapping that is read into a draft.
struct Key<Into: Draft>: Sendable {
  let row: KeyRow
  let read: @Sendable (Node.Entry, Report, inout Into) -> Void

  init<Value>(
    _ name: String, _ kind: Kind<Value>, _ presence: KeyRow.Presence, _ summary: String, example: String,
    synonyms: [String] = [],
    assign: @escaping @Sendable (Located<Value>, Place, inout Into) -> Void
  ) {
    row = KeyRow(
      name: name, expected: kind.expected, presence: presence, summary: summary, example: example,
      synonyms: synonyms)
    read = { entry, report, draft in
      guard let value = kind.read(entry.value, report) else { return }
      assign(Located(value: value, place: entry.value.head), entry.key.place, &draft)
    }
  }

  /// Into a property that keeps the place.
  init<Value>(
    _ name: String, _ kind: Kind<Value>, at path: any WritableKeyPath<Into, Located<Value>?> & Sendable,
    _ presence: KeyRow.Presence, _ summary: String, example: String,
    synonyms: [String] = []
  ) {
    self.init(name, kind, presence, summary, example: example, synonyms: synonyms) { value, _, draft in
      draft[keyPath: path] = value
    }
  }

  /// Into a property of the value alone.
  init<Value>(
    _ name: String, _ kind: Kind<Value>, into path: any WritableKeyPath<Into, Value> & Sendable,
    _ presence: KeyRow.Presence, _ summary: String, example: String,
    synonyms: [String] = []
  ) {
    self.init(name, kind, presence, summary, example: example, synonyms: synonyms) { value, _, draft in
      draft[keyPath: path] = value.value
    }
  }

  /// Into a property that is nil when the key is left out.
  init<Value>(
    _ name: String, _ kind: Kind<Value>, into path: any WritableKeyPath<Into, Value?> & Sendable,
    _ presence: KeyRow.Presence, _ summary: String, example: String,
    synonyms: [String] = []
  ) {
    self.init(name, kind, presence, summary, example: example, synonyms: synonyms) { value, _, draft in
      draft[keyPath: path] = value.value
    }
  }
}

/// A mapping: what it is called, and its keys.
struct Shape<Into: Draft>: Sendable {
  /// With its article: `a listener`.
  let noun: String
  let keys: [Key<Into>]
  /// A draft in which nothing is written yet.
  let make: @Sendable () -> Into
  private let index: [String: Int]

  init(_ noun: String, from make: @escaping @Sendable () -> Into, _ keys: [Key<Into>]) {
    self.noun = noun
    self.make = make
    self.keys = keys
    index = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1.row.name, $0) })
  }

  var rows: [KeyRow] { keys.map(\.row) }

  /// Reads a mapping into a draft; nil, with an error in the report, when it is none.
  /// - Parameters:
  ///   - start: what it is read into; nil is a fresh draft.
  ///   - missing: where a key is missing from, when that is not the mapping itself.
  func read(_ node: Node, into start: Into? = nil, missing: Place? = nil, _ report: Report) -> Into? {
    guard case .mapping(let entries) = node.content else {
      report.error(
        .wrongType, missing ?? node.head, "\(noun) is a mapping of keys and values, not \(node.found)",
        help: "its keys are \(names)")
      return nil
    }
    var draft = start ?? make()
    var seen = Set(entries.compactMap(\.key.scalar?.text))
    for entry in entries {
      guard let name = entry.key.scalar?.text else { continue }
      if let index = index[name] {
        keys[index].read(entry, report, &draft)
      } else {
        refuse(name, entry.key.place, report)
        readOn(entry, name, &seen, report, &draft)
      }
    }
    draft.wasRead(from: node.head, keys: seen)
    for row in rows where !seen.contains(row.name) {
      guard case .required(let reason) = row.presence else { continue }
      report.error(
        .missingKey, missing ?? node.head, "\(noun) needs `\(row.name)`: \(reason)",
        help: "as `\(row.name): \(row.example)`"
      )
    }
    return draft
  }

  private func refuse(_ name: String, _ place: Place, _ report: Report) {
    report.error(.unknownKey, place, "\(noun) has no key `\(name)`", help: help(name))
  }

  /// Reads the value as that of the key that was meant, if that is known and does not stand there itself, so that what
  /// follows from a slip is not said as well.
  private func readOn(
    _ entry: Node.Entry, _ name: String, _ seen: inout Set<String>, _ report: Report, _ draft: inout Into
  ) {
    let foreign = row(called: name)
    let meant = foreign.map { [$0.name] } ?? rows.map(\.name).meant(by: name)
    guard let first = meant.first, let index = index[first], seen.insert(first).inserted, meant.count == 1 else {
      return
    }
    // What other programs call so is often written in another way there.
    let isQuiet = foreign != nil && entry.value.scalar != nil
    keys[index].read(entry, isQuiet ? Report(report.source, file: "") : report, &draft)
  }

  /// The key that other programs call so.
  private func row(called name: String) -> KeyRow? { rows.first { $0.synonyms.contains(name) } }

  private func help(_ name: String) -> String {
    if let row = row(called: name) { return "here it is called `\(row.name)`" }
    let elsewhere = Shapes.all.filter { $0.noun != noun && $0.rows.contains { $0.name == name } }.map { $0.noun }
    if let suggestion = rows.map(\.name).suggestion(for: name) { return suggestion }
    if !elsewhere.isEmpty { return "`\(name)` is a key of \(enumeration(elsewhere, "or"))" }
    return "its keys are \(names)"
  }

  private var names: String { enumeration(rows.map(\.name)) }
}
