import Glibc
import Kernel
import Routing
import Sessions
import Testing
import Wire

@testable import Daemon

/// What is remembered of clients is the same after a restart, and a file that is something else is refused with a word.
@Suite struct GraceStateTests {
  private let now = WallTime(milliseconds: 1_795_255_200_000)
  private let text = """
    usher-grace 1
    listener mail, inside
    10.1.2.3 tls 1795250000
    listener smtp
    203.0.113.9 silent 1795255200
    2001:db8:1:2:: late 1795251000

    """

  @Test func whatIsWrittenIsRead() throws {
    let state = try GraceState(Array(text.utf8), at: now)
    #expect(
      state.memories["smtp"] == [
        GraceMemory.Record(client: IPAddress("203.0.113.9")!, habit: .silent, age: .zero),
        GraceMemory.Record(client: IPAddress("2001:db8:1:2::")!, habit: .late, age: .seconds(4200)),
      ])
    #expect(String(decoding: state.bytes(at: now), as: UTF8.self) == text)
    #expect(try GraceState(GraceState([:]).bytes(at: now), at: now) == GraceState([:]))
  }

  @Test func timePasses() throws {
    let later = WallTime(milliseconds: now.milliseconds + 60_000)
    let ages = try GraceState(Array(text.utf8), at: later).memories["smtp"]?.map(\.age)
    #expect(ages == [.seconds(60), .seconds(4260)])
    let earlier = WallTime(milliseconds: 0)
    #expect(try GraceState(Array(text.utf8), at: earlier).memories["mail, inside"]?.map(\.age) == [.zero])
  }

  @Test(arguments: [
    ("", "line 1"), ("\n", "line 1"), ("usher-grace 2\n", "line 1"), ("usher-grace 1", "last line"),
    ("usher-grace 1\n10.1.2.3 tls 1\n", "line 2"),
    ("usher-grace 1\nlistener a\n10.1.2.3 tls\n", "line 3"),
    ("usher-grace 1\nlistener a\n10.1.2.3 tls 1 \n", "line 3"),
    ("usher-grace 1\nlistener a\n10.1.2 tls 1\n", "line 3"),
    ("usher-grace 1\nlistener a\n10.1.2.3 shy 1\n", "line 3"),
    ("usher-grace 1\nlistener a\n10.1.2.3 tls -1\n", "line 3"),
    ("usher-grace 1\nlistener a\n10.1.2.3 tls 99999999999999999999\n", "line 3"),
    ("usher-grace 1\nlistener a\n\n10.1.2.3 tls 1\n", "line 3"),
    ("usher-grace 1\nlistener a\n10.1.2.3 tls 1", "last line"),
  ]) func garbageIsRefusedWithItsLine(text: String, words: String) {
    let error = #expect(throws: Misfortune.self) { try GraceState(Array(text.utf8), at: now) }
    #expect(error?.reason.contains(words) == true)
  }

  /// Whatever byte is wrong: it is read as something, or refused.
  @Test func noByteTraps() {
    let bytes = Array(text.utf8)
    for index in bytes.indices {
      for wrong: UInt8 in [0, 10, 32, 45, 58, 0x39, 0xFF] {
        var garbled = bytes
        garbled[index] = wrong
        _ = try? GraceState(garbled, at: now)
        _ = try? GraceState(Array(garbled[..<index]), at: now)
      }
    }
  }

  @Test func aFileIsReplacedAsAWhole() throws {
    let path = "/tmp/usher-state-\(UInt64.random(in: 0 ... .max))"
    for text in ["first", "the second"] {
      try File.replace(path, with: Array(text.utf8))
      #expect(try File.contents(of: path, atMost: 100) == Array(text.utf8))
    }
    #expect(throws: (any Error).self) { try File.contents(of: path + ".new", atMost: 100) }
    #expect(throws: (any Error).self) { try File.replace("/nowhere/state", with: []) }
    unlink(path)
  }
}
