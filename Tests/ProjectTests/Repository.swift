import Foundation

/// The repository as files: what the tests of this target read.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Paths of all files below a folder, relative to the root, in order; folders of builds are left out.
  static func files(below folder: String, ending: String) -> [String] {
    let start = root.appendingPathComponent(folder)
    let found = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
    let isBuilt = { (path: String) in path.split(separator: "/").contains { $0.hasPrefix(".build") } }
    return found.filter { $0.hasSuffix(ending) && !isBuilt($0) }.map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
      .sorted()
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  static func lines(_ path: String) throws -> [Substring] {
    try text(path).split(separator: "\n", omittingEmptySubsequences: false)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
  }
}
