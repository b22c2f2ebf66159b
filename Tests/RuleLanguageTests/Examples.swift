import Foundation
import Testing

/// A block of code of a document: what stands behind its fence, and its text.
///
/// Of YAML there are, by the words behind the fence: `yaml`, a whole file; `yaml bad`, a whole one with mistakes, and below it a `text` of
/// what is said of them; and parts of a file, of which every reader sees where they belong: `yaml rules`, rules of a listener;
/// `yaml listener`, keys of one, each line for itself; `yaml settings`, keys of the file.
struct Example: Sendable, CustomTestStringConvertible {
  let document: String
  let line: Int
  let words: [String]
  let text: String
  var testDescription: String { "\(document):\(line): \(words.joined(separator: " "))" }

  /// Of all documents that an operator reads.
  static let all = documents.flatMap(blocks)

  private static let documents: [String] = {
    let folder = Fixture.root.appending(path: "docs").path
    let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    let pages = found.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }.sorted()
    return ["README.md", "packaging/man/usher-rules.5"] + pages
  }()

  private static func blocks(of document: String) -> [Example] {
    let text = (try? String(contentsOf: Fixture.root.appending(path: document), encoding: .utf8)) ?? ""
    var (blocks, open): ([Example], (line: Int, words: [String], lines: [String])?) = ([], nil)
    for (index, line) in text.components(separatedBy: "\n").enumerated() {
      if let (start, words, lines) = open, line.hasPrefix("```") || line == ".Ed" {
        blocks.append(Example(document: document, line: start, words: words, text: lines.map { $0 + "\n" }.joined()))
        open = nil
      } else if line.hasPrefix("```") {
        open = (index + 1, line.dropFirst(3).split(separator: " ").map(String.init), [])
      } else if line.hasPrefix(".Bd -literal") {
        open = (index + 1, document.contains("usher-rules") ? ["yaml"] : [], [])
      } else {
        open?.lines.append(line)
      }
    }
    return blocks
  }
}
