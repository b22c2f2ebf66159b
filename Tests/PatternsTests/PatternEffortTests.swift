import Patterns
import Testing
import Wire

@Suite struct PatternEffortTests {
  /// Without limits each would run for longer than any test suite: the steps double with each byte.
  @Test(arguments: [
    "/^(a+)+$/", "/^(a|aa)+$/", "/^(a|a?)+$/", #"/^(\w+\s?)*$/"#, "/(x+x+)+y|^(.*)*b$/", "/^(?:(?:a*)*)*b$/",
  ])
  func anEvilExpressionGivesUp(source: String) throws {
    let pattern = try Pattern(source, ignoresCase: false)
    let bytes = Array(repeating: UInt8(ascii: "a"), count: 8000) + [UInt8(ascii: "!")]
    #expect(pattern.asked(bytes, isWhole: true) == .no)
    #expect(pattern.asked(bytes, isWhole: false) != .yes)
  }

  @Test func recursionWithoutEndGivesUp() throws {
    let bytes = Array(repeating: UInt8(ascii: "("), count: 8000)
    #expect(try Pattern(#"/^(\((?1)*\))/"#, ignoresCase: false).asked(bytes, isWhole: true) == .no)
  }

  /// More than JIT's stack holds, yet within the limits: the answer is the interpreter's.
  @Test func aLongHonestMatchIsFound() throws {
    let bytes = Array(repeating: UInt8(ascii: "a"), count: 4000)
    #expect(try Pattern("/^(?:a|b)*c?$/", ignoresCase: false).asked(bytes, isWhole: true) == .yes)
  }

  @Test func bytesBehindTheLimitAreNotSeen() throws {
    let pattern = try Pattern("/b/", ignoresCase: false)
    let bytes = Array(repeating: UInt8(ascii: "a"), count: 8192)
    #expect(pattern.asked(bytes, isWhole: false) == .notYet)
    #expect(pattern.asked(bytes + [UInt8(ascii: "b")], isWhole: false) == .no)
    #expect(pattern.asked(bytes.dropLast() + [UInt8(ascii: "b")], isWhole: false) == .yes)
  }

  @Test func manyThreadsAskOnePattern() async throws {
    let pattern = try Pattern(#"/^(mx|relay)\d+\.(\w+\.)*example$/i"#, ignoresCase: false)
    let wrong = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<5000).count { number in
            pattern.matches("MX\(number).a.b.example") != true || pattern.matches("mx\(number).a.b.example.") != false
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }
}
