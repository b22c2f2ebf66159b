import Foundation
import RuleLanguage
import Testing

/// Files of fixtures/rules: `good` ones load without a word, `warned` ones load, `bad` ones do not; beside the latter two
/// stands what is said of them.
///
/// After a change of words that was wanted, `USHER_WRITE_FIXTURES=1 swift test --filter RuleLanguageTests` writes the `.txt`
/// files anew; `git diff` is the review.
struct Fixture: Sendable, CustomTestStringConvertible {
  let url: URL

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let good = all("fixtures/rules/good")
  static let warned = all("fixtures/rules/warned")
  static let bad = all("fixtures/rules/bad")
  /// Those that an operator copies.
  static let shipped = all("rules")

  private static func all(_ folder: String) -> [Fixture] {
    let files = try? FileManager.default.contentsOfDirectory(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    return (files ?? []).filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }.map(Fixture.init)
  }

  var name: String { url.lastPathComponent }
  var testDescription: String { name }
  var bytes: [UInt8] { Array((try? Data(contentsOf: url)) ?? Data()) }
  var file: RulesFile { RulesFile(bytes, name: name) }

  /// What stands beside it.
  var expected: String? {
    try? String(contentsOf: url.deletingPathExtension().appendingPathExtension("txt"), encoding: .utf8)
  }

  func write(_ text: String) throws {
    try Data(text.utf8).write(to: url.deletingPathExtension().appendingPathExtension("txt"))
  }

  static let isWriting = ProcessInfo.processInfo.environment["USHER_WRITE_FIXTURES"] != nil
}

/// The lines that differ, as `diff` marks them; empty when none does.
func difference(_ expected: String, _ found: String) -> String {
  let (old, new) = (expected.components(separatedBy: "\n"), found.components(separatedBy: "\n"))
  let changes = new.difference(from: old)
  return changes.map { change in
    switch change {
    case .remove(let offset, let line, _): "\(offset + 1) - \(line)"
    case .insert(let offset, let line, _): "\(offset + 1) + \(line)"
    }
  }.joined(separator: "\n")
}
