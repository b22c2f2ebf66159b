// Words and numbers. What a scalar is, its key says: `NO` is a text where a text is wanted, and `25` as well.

extension Kind where Value == String {
  /// A name of a listener, a rule or a server.
  static let name = text("a name", most: 64)

  /// A text on one line.
  /// - Parameter most: characters.
  static func text(_ expected: String, most: Int = 4096) -> Kind {
    scalar(expected) { scalar throws(Fault) in
      let text = scalar.text
      if text.allSatisfy(\.isWhitespace) { throw Fault(message: "\(expected) is expected here, and this is blank") }
      if text.last == "\n", text.dropLast().allSatisfy({ !$0.isNewline }) {
        throw Fault(message: "\(expected) is one line, and a block has a line end", help: "write it behind its key")
      }
      if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
        throw Fault(message: "\(expected) is one line, without tabs and control characters")
      }
      guard text.count <= most else { throw Fault(message: "\(expected) has at most \(most) characters") }
      return text
    }
  }
}

extension Kind where Value == Bool {
  static let truth = scalar("`true` or `false`") { scalar throws(Fault) in try bool(scalar) }

  /// `true` alone: a key that says what is done, and is left out where it is not.
  static let yes = scalar("`true`") { scalar throws(Fault) in
    guard try bool(scalar) else { throw Fault(message: "`false` says nothing here", help: "leave the key out") }
    return true
  }

  private static func bool(_ scalar: Scalar) throws(Fault) -> Bool {
    guard let value = truth(scalar) else {
      let meant = ["yes": "true", "on": "true", "no": "false", "off": "false", "true": "true", "false": "false"]
      let word = meant[scalar.text.lowercased()]
      throw Fault(
        message: "`true` or `false` is expected here, not \(scalar.quoted)",
        help: word.map { "write `\($0)`\(scalar.isPlain ? "" : ", without quotes")" })
    }
    return value
  }

  /// The words of YAML 1.2, so that editors and usher agree: `yes` and `no` are texts.
  static func truth(_ scalar: Scalar) -> Bool? {
    guard scalar.isPlain else { return nil }
    return ["true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false][scalar.text]
  }
}

extension Kind where Value == Int {
  /// A whole number.
  static func count(_ range: ClosedRange<Int>, of noun: String) -> Kind {
    scalar("a number of \(noun)") { scalar throws(Fault) in
      guard scalar.isPlain, scalar.text.allSatisfy({ ("0"..."9").contains($0) }) else {
        throw Fault(message: "a number of \(noun) is expected here, not \(scalar.quoted)")
      }
      guard let value = Int(scalar.text), range.contains(value) else {
        throw Fault(message: "a number of \(noun) is at least \(range.lowerBound) and at most \(range.upperBound)")
      }
      return value
    }
  }

  /// Bytes, with a unit.
  static func size(_ range: ClosedRange<Int>) -> Kind {
    scalar("a size such as 512B, 64KiB or 1MiB") { scalar throws(Fault) in
      let bytes = try quantity(scalar, "a size", "64KiB", sizeUnits)
      guard range.contains(bytes) else {
        throw Fault(message: "this size is at least \(range.lowerBound)B and at most \(range.upperBound)B")
      }
      return bytes
    }
  }
}

private let sizeUnits = [("B", 1), ("KiB", 1024), ("MiB", 1024 * 1024), ("GiB", 1024 * 1024 * 1024)]
private let durationUnits = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]

extension Kind where Value == Duration {
  /// - Parameter least: in milliseconds.
  static func duration(least: Int = 1) -> Kind {
    scalar("a duration such as 300ms, 2s or 5m") { scalar throws(Fault) in
      let milliseconds = try quantity(scalar, "a duration", "300ms", durationUnits)
      if milliseconds < least { throw Fault(message: "this duration is at least \(least)ms") }
      return .milliseconds(milliseconds)
    }
  }
}

/// A number with a unit behind it, in the smallest of the units.
private func quantity(
  _ scalar: Scalar, _ noun: String, _ example: String, _ units: [(name: String, factor: Int)]
) throws(Fault) -> Int {
  let digits = scalar.text.prefix { ("0"..."9").contains($0) }
  let unit = scalar.text.dropFirst(digits.count)
  let names = enumeration(units.map(\.name), "or")
  guard !digits.isEmpty else {
    throw Fault(message: "\(noun) such as \(example) is expected here, not \(scalar.quoted)")
  }
  if unit.isEmpty {
    throw Fault(
      kind: .noUnit, message: "`\(digits)` of what? \(noun) has a unit: \(names)",
      help: enumeration(units.map { "\(digits)\($0.name)" }, "or"))
  }
  guard let factor = units.first(where: { $0.name == unit })?.factor else {
    throw Fault(
      kind: .noUnit, message: "\(noun) has no unit `\(unit)`, its units are \(names)",
      help: meantUnit(unit, units.map(\.name)).map { "write \(digits)\($0)" }
        ?? "\(noun) is a whole number and a unit, as \(example)",
      offset: digits.count)
  }
  guard digits.count <= 10, let number = Int(digits), number <= Int.max / 4 / factor else {
    throw Fault(message: "\(noun) of this length is beyond all measure")
  }
  return number * factor
}

/// What other programs call a unit.
private func meantUnit(_ unit: Substring, _ units: [String]) -> String? {
  let spellings = [
    "k": "KiB", "kb": "KiB", "kib": "KiB", "m": "MiB", "mb": "MiB", "mib": "MiB", "g": "GiB", "gb": "GiB",
    "gib": "GiB", "b": "B", "bytes": "B", "byte": "B", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "min": "m", "mins": "m", "minute": "m", "minutes": "m", "msec": "ms", "millis": "ms", "milliseconds": "ms",
    "hour": "h", "hours": "h", "s": "s", "ms": "ms", "h": "h",
  ]
  let word = unit.lowercased().filter { $0 != " " }
  return spellings[word].flatMap { units.contains($0) ? $0 : nil } ?? units.first { $0 == word }
}

extension Kind where Value: RawRepresentable<String> & CaseIterable & Sendable {
  /// One of the words of an enumeration.
  static var word: Kind {
    let words = Value.allCases.map(\.rawValue)
    return scalar(enumeration(words.map { "`\($0)`" }, "or")) { scalar throws(Fault) in
      if let value = Value(rawValue: scalar.text) { return value }
      throw Fault(
        message: "\(enumeration(words.map { "`\($0)`" }, "or")) is expected here, not \(scalar.quoted)",
        help: words.suggestion(for: scalar.text))
    }
  }
}
