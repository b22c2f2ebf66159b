// The text of a file: where lines begin, and which character of which line a place is.

/// A piece of a text, in Unicode scalars from its beginning: that is how libyaml counts.
struct Place: Sendable, Hashable {
  var start: Int
  var end: Int

  init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = max(start, end)
  }

  /// From the beginning of this one to the end of that one.
  func through(_ other: Place) -> Place { Place(start, other.end) }
}

/// The text of a file, which is UTF-8.
struct SourceText {
  /// Without a byte order mark.
  let bytes: [UInt8]
  /// Of each line: its first byte and its first scalar.
  private let lines: [(byte: Int, scalar: Int)]

  /// - Parameter bytes: UTF-8; what is none shows as U+FFFD.
  init(_ bytes: [UInt8]) {
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    self.bytes = hasMark ? Array(bytes[3...]) : bytes
    var lines = [(byte: 0, scalar: 0)]
    var scalar = 0
    for (index, byte) in self.bytes.enumerated() {
      if byte & 0xC0 != 0x80 { scalar += 1 }
      let isCROnly = byte == 13 && (index + 1 == self.bytes.count || self.bytes[index + 1] != 10)
      if byte == 10 || isCROnly { lines.append((index + 1, scalar)) }
    }
    self.lines = lines
  }

  /// The line, column and length of a place; a place of several lines is cut at the end of its first.
  func position(_ place: Place) -> Diagnostic.Position {
    let index = line(of: place.start)
    let text = source(index)
    let scalars = text.unicodeScalars
    let start = offset(place.start - lines[index].scalar, in: scalars)
    let end = offset(place.end - lines[index].scalar, in: scalars)
    var meant = text[start..<end]
    while let last = meant.last, last == " " || last == "\t" { meant.removeLast() }
    return Diagnostic.Position(
      line: index + 1, column: text[..<start].count + 1, length: max(1, meant.count), source: text)
  }

  /// The text at a place.
  func text(_ place: Place) -> String {
    let position = line(of: place.start)
    let rest = String(
      decoding: bytes[lines[position].byte...].prefix(4 * (place.end - lines[position].scalar)), as: UTF8.self)
    let scalars = rest.unicodeScalars
    let start = offset(place.start - lines[position].scalar, in: scalars)
    return String(rest[start..<offset(place.end - lines[position].scalar, in: scalars)])
  }

  /// The place of a byte.
  func place(ofByte offset: Int) -> Place {
    let scalar = bytes[..<min(offset, bytes.count)].count { $0 & 0xC0 != 0x80 }
    return Place(scalar, scalar + 1)
  }

  private func offset(_ count: Int, in scalars: String.UnicodeScalarView) -> String.Index {
    scalars.index(scalars.startIndex, offsetBy: max(0, count), limitedBy: scalars.endIndex) ?? scalars.endIndex
  }

  /// The last line that begins at or before that scalar.
  private func line(of scalar: Int) -> Int {
    var (low, high) = (0, lines.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle].scalar <= scalar { low = middle } else { high = middle }
    }
    // Behind the last line end there is nothing to show: what is missing there is missing from the line before.
    let isNothing = low > 0 && low == lines.count - 1 && lines[low].byte == bytes.count
    return isNothing ? low - 1 : low
  }

  private func source(_ line: Int) -> String {
    let end = line + 1 < lines.count ? lines[line + 1].byte : bytes.count
    var text = bytes[lines[line].byte..<end]
    while let last = text.last, last == 10 || last == 13 { text.removeLast() }
    return String(decoding: text, as: UTF8.self)
  }
}

extension SourceText {
  /// Whether it is text that can be looked at; if not, that is reported.
  func isReadable(_ report: Report) -> Bool {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      report.error(.notUTF8, Place(0, 1), "the file is in UTF-16", help: "save it as UTF-8")
      return false
    }
    return isUTF8(report) && hasNoControls(report)
  }

  private func isUTF8(_ report: Report) -> Bool {
    guard String(validating: bytes, as: UTF8.self) == nil else { return true }
    var (index, iterator, decoder) = (0, bytes.makeIterator(), UTF8())
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { index += UTF8.width(scalar) }
    report.error(.notUTF8, place(ofByte: index), "the file is not in UTF-8 from here on", help: "save it as UTF-8")
    return false
  }

  private func hasNoControls(_ report: Report) -> Bool {
    // YAML 1.1 §5.1.
    guard let index = bytes.firstIndex(where: { $0 < 0x20 && $0 != 9 && $0 != 10 && $0 != 13 || $0 == 0x7F }) else {
      return true
    }
    report.error(.controlCharacter, place(ofByte: index), "a control character cannot stand in the file")
    return false
  }
}
