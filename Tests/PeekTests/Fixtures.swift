import Foundation
import Peek
import Testing

/// The folder of that name under fixtures/.
private func folder(_ name: String) -> URL {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../fixtures/\(name)").standardized
}

private func files(_ name: String) -> [(name: String, text: String)] {
  let urls = try! FileManager.default.contentsOfDirectory(at: folder(name), includingPropertiesForKeys: nil)
  return urls.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
    .map { ($0.deletingPathExtension().lastPathComponent, try! String(contentsOf: $0, encoding: .utf8)) }
}

/// One file of fixtures/hellos: hexadecimal, and what is to be found in it.
struct HelloFixture: CustomTestStringConvertible, Sendable {
  let name: String
  let bytes: [UInt8]
  private let notes: [String: String]

  static let all = files("hellos").map(HelloFixture.init)

  init(name: String, text: String) {
    self.name = name
    let lines = text.split(separator: "\n")
    bytes = lines.filter { !$0.hasPrefix("#") }.joined(separator: " ").split(separator: " ")
      .map { UInt8($0, radix: 16)! }
    notes = lines.filter { $0.hasPrefix("#") }.reduce(into: [:]) { notes, line in
      let parts = line.dropFirst(2).split(separator: ":", maxSplits: 1)
      if parts.count == 2 || line.hasSuffix(":") {
        notes[String(parts[0])] = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
      }
    }
  }

  subscript(key: String) -> String { notes[key]! }
  var verdict: String { self["verdict"] }
  /// After how many bytes the verdict falls.
  var settled: Int { Int(self["settled"])! }
  var testDescription: String { name }
}

/// One line of fixtures/first-bytes: what a client begins with, and where its verdict falls.
struct Beginning: CustomTestStringConvertible, Sendable {
  /// The name of the protocol, or `unknown`.
  let name: String
  let bytes: [UInt8]
  /// After how many bytes the verdict falls.
  let settled: Int
  let line: String

  static let all = files("first-bytes").flatMap { file in
    file.text.split(separator: "\n").filter { !$0.hasPrefix("# ") }.map { Beginning(name: file.name, line: String($0)) }
  }

  /// - Parameter line: with `\r`, `\n`, `\t` and `\x16` for what cannot be shown, and a bar where the verdict falls.
  init(name: String, line: String) {
    self.name = name
    self.line = line
    let halves = line.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false).map(Beginning.unescaped)
    precondition(halves.count == 2, "\(name): no bar in \(line)")
    settled = halves[0].count
    bytes = halves[0] + halves[1]
  }

  private static func unescaped(_ text: Substring) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "r"): bytes.append(13)
      case UInt8(ascii: "n"): bytes.append(10)
      case UInt8(ascii: "t"): bytes.append(9)
      default:
        bytes.append(UInt8(String(Substring(rest.prefix(2))), radix: 16)!)
        rest = rest.dropFirst(2)
      }
    }
    return bytes
  }

  var testDescription: String { "\(name): \(line)" }
}
