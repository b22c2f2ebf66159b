import Foundation
import Routing
import Testing

@testable import RuleLanguage

/// What holds of every file, of every key and of every text.
@Suite struct LawTests {
  static let files = Fixture.good + Fixture.warned + Fixture.shipped + Fixture.bad

  /// Reading never traps, ends, says why when it finds nothing, and points into the file.
  @Test(arguments: Fixture.good + Fixture.warned + Fixture.shipped) func anyBeginningIsRead(_ fixture: Fixture) {
    let bytes = fixture.bytes
    // Fuzzing cuts at every byte; here the short files are, and the others wherever seven leads.
    for count in stride(from: 0, through: bytes.count, by: bytes.count < 600 ? 1 : 7) { check(Array(bytes[..<count])) }
  }

  @Test(arguments: files) func anyChangeIsRead(_ fixture: Fixture) {
    var dice = Dice(state: 1)
    let bytes = fixture.bytes
    for _ in 0..<60 { check(changed(bytes, &dice)) }
  }

  private func changed(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var bytes = bytes
    let signs = Array("\n\t :-[]{}\"'#&*!|>%@`,?~/\\0Ax\u{0}\u{85}\u{2028}\u{FEFF}é".utf8)
    for _ in 0..<Int.random(in: 1...4, using: &dice) {
      let index = Int.random(in: 0...bytes.count, using: &dice)
      switch Int.random(in: 0..<4, using: &dice) {
      case 0: bytes.insert(signs.randomElement(using: &dice)!, at: index)
      case 1 where index < bytes.count: bytes.remove(at: index)
      case 2 where index < bytes.count: bytes[index] = UInt8.random(in: 0...255, using: &dice)
      default:
        let end = min(bytes.count, index + Int.random(in: 0...40, using: &dice))
        bytes.insert(contentsOf: bytes[index..<end], at: Int.random(in: 0...bytes.count, using: &dice))
      }
    }
    return bytes
  }

  private func check(_ bytes: [UInt8]) {
    let file = RulesFile(bytes, name: "law.yaml")
    #expect((file.configuration == nil) == file.diagnostics.contains { $0.severity == .error })
    let text = String(decoding: bytes, as: UTF8.self)
    let ends = text.unicodeScalars.count { $0 == "\n" || $0 == "\r" }
    for diagnostic in file.diagnostics {
      for position in [diagnostic.position] + diagnostic.notes.map(\.position) {
        #expect((1...ends + 1).contains(position.line))
        // One behind the end is where something is missing.
        #expect((1...position.source.count + 1).contains(position.column))
        #expect(position.length >= 1)
      }
      #expect(!diagnostic.text(.plain).isEmpty && !diagnostic.json.isEmpty)
    }
  }

  /// Line ends of Windows and a byte order mark change no word and no place.
  @Test(arguments: files.filter { !$0.isUnreadable }) func editorsOfWindowsAreWelcome(_ fixture: Fixture) {
    let lines = fixture.bytes.split(separator: 10, omittingEmptySubsequences: false)
    let bytes = [0xEF, 0xBB, 0xBF] + Array(lines.joined(separator: [13, 10]))
    let (here, there) = (fixture.file, RulesFile(bytes, name: fixture.name))
    #expect(there.diagnostics == here.diagnostics)
    #expect((there.configuration == nil) == (here.configuration == nil))
  }

  /// What the reference says counts when a key is left out.
  @Test func writingADefaultChangesNothing() throws {
    let blocks: [(Shapes.Table, (String) -> String)] = Shapes.all.compactMap { table in
      switch table.word {
      case "listener": (table, { LawTests.file(listener: $0) })
      case "grace": (table, { LawTests.file(listener: "grace: { \($0) }") })
      case "health": (table, { LawTests.file(server: "health: { \($0) }") })
      case "server": (table, { LawTests.file(server: $0) })
      case "rule": (table, { LawTests.file(rule: $0) })
      case "timeouts", "limits", "log": (table, { LawTests.file(settings: "\(table.word): { \($0) }") })
      default: nil
      }
    }
    let bare = LawTests.dump(LawTests.file())
    var count = 0
    for (table, file) in blocks {
      for row in table.rows {
        guard let standard = row.standard else { continue }
        #expect(LawTests.dump(file("\(row.name): \(standard)")) == bare, "\(table.noun), \(row.name)")
        count += 1
      }
    }
    #expect(count >= 15)
  }

  /// An example is taken as it stands.
  @Test(arguments: Shapes.all) func everyExampleIsTaken(_ table: Shapes.Table) {
    for row in table.rows {
      let source = SourceText(Array("\(row.name): \(row.example)\n".utf8))
      let report = Report(source, file: "example.yaml")
      if let node = YAMLReader.document(source, report) { table.examine(node, report) }
      let said = report.diagnostics.filter { $0.kind != .missingKey && $0.kind != .notBuiltIn }
      #expect(said.isEmpty, "\(table.noun), \(row.name): \(said.map(\.message))")
    }
  }

  /// A misspelt key is known by its nearest.
  @Test(arguments: Shapes.all) func aMissingLetterIsSeen(_ table: Shapes.Table) {
    for row in table.rows where row.name.count > 4 {
      let written = String(row.name.prefix(2) + row.name.dropFirst(3))
      let source = SourceText(Array("\(written): x\n".utf8))
      let report = Report(source, file: "typo.yaml")
      if let node = YAMLReader.document(source, report) { table.examine(node, report) }
      let said = report.diagnostics.first { $0.kind == .unknownKey }
      #expect(said?.help?.contains("`\(row.name)`") == true, "\(table.noun), \(written): \(said?.help ?? "nothing")")
    }
  }

  private static func file(listener: String = "", server: String = "", rule: String = "", settings: String = "")
    -> String
  {
    """
    listeners:
      - { name: smtp, listen: "127.0.0.1:25", dialogue: smtp, rules: [{ name: all, to: mta, \(rule) }], \(listener) }
    servers:
      mta: { address: "127.0.0.1:2525", client-address: proxy-v2, \(server) }
    settings: { user: usher, \(settings) }
    """
  }

  private static func dump(_ text: String) -> String {
    let file = RulesFile(Array(text.utf8), name: "default.yaml")
    guard let configuration = file.configuration else { return "\(file.diagnostics)" }
    var result = ""
    Swift.dump(configuration, to: &result)
    return result
  }
}

/// SplitMix64: the same numbers in every run.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
