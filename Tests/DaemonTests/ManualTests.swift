import Foundation
import Testing

@testable import RuleLanguage

/// The manual pages say what the program says: no option and no key stands in one and not in the other.
@Suite struct ManualTests {
  @Test func everyOptionStandsInTheManualAndNoOther() throws {
    let page = try Program.contents("packaging/man/usher.1")
    let inPage = Set(page.matches(of: /\\-([a-z0-9-]+)/).map { String($0.1) })
    let help = try ["run", "check", "explain", "grace", "demo"].map { try Program.run(["help", $0]).output }
    let root = try Program.run(["--help"]).output
    let inHelp = (help + [root]).flatMap { text in
      text.matches(of: /(?m)^  (?:-[a-z], )?--([a-z0-9-]+)/).map { String($0.1) }
    }
    // What the parser brings along, and does not list.
    #expect(inPage == Set(inHelp).union(["generate-completion-script"]))
  }

  @Test(arguments: ["run", "check", "explain", "grace", "demo"])
  func everyCommandStandsInTheManual(command: String) throws {
    #expect(try Program.contents("packaging/man/usher.1").contains(".It Cm \(command)"))
    #expect(try Program.run(["--help"]).output.contains("\n  \(command) "))
  }

  @Test func everyKeyStandsInTheManualAndNoOther() throws {
    let page = try Program.contents("packaging/man/usher-rules.5")
    let lines = page.split(separator: "\n").filter { $0.hasPrefix(".It Ic ") || $0.hasPrefix(".Ic ") }
    let inPage = Set(lines.flatMap { $0.split(whereSeparator: { " ,".contains($0) }).dropFirst() }.map(String.init))
    let keys = Set(Shapes.all.flatMap(\.rows).map(\.name))
    let described = inPage.subtracting(["Ic", ":"])
    #expect(keys.subtracting(described).sorted() == [], "keys that packaging/man/usher-rules.5 lacks")
    #expect(described.subtracting(keys).sorted() == [], "words of packaging/man/usher-rules.5 that are no keys")
  }

  @Test(arguments: ["usher.1", "usher-rules.5"]) func thePagesAreWellFormed(page: String) throws {
    let path = Program.root.appendingPathComponent("packaging/man/\(page)").path
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/mandoc") else { return }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/mandoc")
    process.arguments = ["-T", "lint", "-W", "warning", path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    #expect(String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "")
  }
}
