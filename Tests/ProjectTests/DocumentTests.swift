import Foundation
import Testing

private let documents = Repository.files(below: "", ending: ".md").filter { !$0.hasPrefix(".") }

@Suite struct DocumentTests {
  /// A link to a file leads to a file, and one to a heading to a heading.
  /// What stands in code is none: servers say `[address](TEMP)`.
  @Test(arguments: documents) func linksLeadSomewhere(document: String) throws {
    let folder = document.split(separator: "/").dropLast().joined(separator: "/")
    let text = try Repository.text(document).replacing(/`[^`\n]+`/, with: "")
    for link in text.matches(of: /\]\(([^)\s]+)\)/).map({ String($0.1) }) {
      guard !link.contains("://") else { continue }
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let path = parts[0].isEmpty ? document : normal(folder.isEmpty ? parts[0] : "\(folder)/\(parts[0])")
      #expect(Repository.exists(path), "\(link)")
      if parts.count == 2, path.hasSuffix(".md"), Repository.exists(path) {
        #expect(try anchors(path).contains(parts[1]), "\(link)")
      }
    }
  }

  @Test func everyDecisionIsInTheIndex() throws {
    let index = try Repository.text("docs/decisions/README.md")
    for page in Repository.files(below: "docs/decisions", ending: ".md") where !page.hasSuffix("README.md") {
      #expect(index.contains("(\(page.split(separator: "/").last!))"), "\(page)")
    }
  }

  /// A folder at the top is something that a newcomer has to understand.
  @Test func theTopLevelIsSmall() throws {
    let known: Set = [
      "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "Package.swift", "README.md", "Sources", "Tests",
      "bench",
      "docs", "fixtures", "fuzz", "packaging", "rules", "scripts", "Package.resolved",
    ]
    let found = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path).filter { !$0.hasPrefix(".") }
    #expect(Set(found).subtracting(known) == [])
  }

  private func normal(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") {
      if part == ".." { parts.removeLast() } else if part != "." { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }

  /// As hosts of Markdown make them of headings: lower case, spaces to hyphens, nothing but letters, digits and those.
  private func anchors(_ path: String) throws -> Set<String> {
    let headings = try Repository.lines(path).filter { $0.hasPrefix("#") }
    return Set(
      headings.map { line in
        let words = String(line.drop { $0 == "#" || $0 == " " }).lowercased()
        let kept = words.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
        return kept.replacingOccurrences(of: " ", with: "-")
      })
  }
}
