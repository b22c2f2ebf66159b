// The name that was meant.

extension Sequence<String> {
  /// The one that is nearest to what was written, if any is near: a third of its characters may be wrong.
  func nearest(to word: String) -> String? {
    let written = Array(word.lowercased())
    guard written.count <= 64 else { return nil }
    let distances = map { name in (name: name, distance: distance(written, Array(name.lowercased()))) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= Swift.max(1, Swift.min(written.count, best.name.count) / 3) ? best.name : nil
  }
}

extension Collection<String> {
  /// Those that were meant, if that can be guessed.
  func meant(by word: String) -> [String] {
    // Who writes half of a name means what it begins.
    let longer = word.count < 3 ? [] : filter { $0.hasPrefix(word.lowercased()) }
    return longer.isEmpty ? [nearest(to: word)].compactMap { $0 } : longer
  }

  /// A sentence that names what was meant, if that can be guessed.
  func suggestion(for word: String) -> String? {
    let meant = meant(by: word)
    return meant.isEmpty ? nil : "did you mean \(enumeration(meant.map { "`\($0)`" }, "or"))?"
  }
}

/// How many letters were inserted, left out, replaced or swapped with their neighbour (Damerau and Levenshtein, each letter
/// touched once).
func distance(_ left: [Character], _ right: [Character]) -> Int {
  var before: [Int] = []
  var above = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    for column in 0..<right.count {
      let replaced = above[column] + (left[row] == right[column] ? 0 : 1)
      var best = min(replaced, above[column + 1] + 1, current[column] + 1)
      let isSwapped = row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
      if isSwapped { best = min(best, before[column - 1] + 1) }
      current.append(best)
    }
    (before, above) = (above, current)
  }
  return above[right.count]
}

/// `a, b and c`.
func enumeration(_ words: [String], _ conjunction: String = "and") -> String {
  guard words.count > 1, let last = words.last else { return words.first ?? "" }
  return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
}
