import Foundation
import Testing

@testable import Daemon

/// `usher grace`, from lines of a log to the picture.
@Suite struct GraceReviewTests {
  /// Both forms, with what systemd and syslog put in front, and lines that tell nothing.
  private static let log = #"""
    2026-11-21T08:00:00.000Z info listening listener=smtp address=0.0.0.0:25
    2026-11-21T08:00:01.000Z info connection listener=smtp client=192.0.2.1:4001 verdict=tls rule=encrypted server=stunnel first-byte-ms=0.4 ms=12.0 end=closed
    2026-11-21T08:00:02.000Z info connection listener=smtp client=192.0.2.2:4002 verdict=silent rule=rest server=mta first-byte-ms=301.0 grace-ms=300.1 ms=500.0 end=closed
    <6>2026-11-21T08:00:03.000Z info connection listener=smtp client=192.0.2.2:4003 verdict=silent rule=rest server=mta first-byte-ms=301.5 grace-ms=300.2 ms=500.0 end=closed
    {"time":"2026-11-21T08:00:04.000Z","level":"info","event":"connection","listener":"smtp","client":"192.0.2.3:4004","verdict":"silent","first-byte-ms":427.0,"grace-ms":300.1,"ms":427.1,"end":"late-hello"}
    Nov 21 08:00:05 mx usher[7]: {"time":"2026-11-21T08:00:05.000Z","level":"info","event":"connection","listener":"smtp","client":"[2001:db8::3]:4005","verdict":"tls","rule":"of \"friends\"","first-byte-ms":43.1,"ms":12.0,"end":"closed"}
    2026-11-21T08:00:06.000Z info connection listener=smtp client=192.0.2.9:4006 verdict=smtp rule="of friends" first-byte-ms=2.0 ms=9.0 end=rejected
    2026-11-21T08:00:07.000Z info connection listener=smtp client=192.0.2.9:4007 rule=blocked ms=0.1 end=dropped
    2026-11-21T08:00:08.000Z info connection listener=smtp client=192.0.2.3:4008 verdict=tls first-byte-ms=427.3 ms=500.0 end=closed
    2026-11-21T08:00:09.000Z info connection listener=web client=unix: verdict=http first-byte-ms=0.1 ms=5.0 end=closed

    """#

  @Test func thePictureIsThis() throws {
    let ending = try Program.run(["grace", "-"], input: Self.log)
    #expect(ending == Program.Ending(code: 0, output: Self.picture, errors: ""))
    let first = try #require(Self.picture.split(separator: "\n\nweb:").first)
    #expect(try Program.contents("docs/grace.md").contains("```text\n\(first)\n```"), "docs/grace.md shows another")
  }

  @Test func itSpeaksJSON() throws {
    let ending = try Program.run(["grace", "--format", "json", "-"], input: Self.log)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
    let listeners = try #require(object["listeners"] as? [[String: Any]])
    #expect(listeners.map { $0["listener"] as? String } == ["smtp", "web"])
    #expect((listeners[0]["late"] as? [String: Any])?["count"] as? Int == 1)
    #expect((listeners[0]["silent"] as? [String: Any])?["waited-ms"] as? Double == 600.3)
    #expect((listeners[0]["silent"] as? [String: Any])?["known"] as? Int == 1)
    let graces = try #require(listeners[0]["graces"] as? [[String: Any]])
    #expect(graces.first?["too-early"] as? Int == 2)
    #expect(graces.count == 12)
  }

  @Test func aLogThatTellsNothingIsSaidToBeOne() throws {
    let ending = try Program.run(["grace", "-"], input: "once upon a time\n")
    #expect(ending.code == 3)
    #expect(ending.errors.contains("has no line of a connection"))
    #expect(try Program.run(["grace", "/nowhere/log"]).errors.contains("/nowhere/log cannot be read"))
  }

  /// A log is written by usher, but who knows what was put into it: wherever a line is cut or wrong, it is read or passed over.
  @Test func noLineTraps() {
    var read = 0
    for line in Self.log.split(separator: "\n").map({ Array($0.utf8) }) {
      for index in line.indices {
        for wrong: UInt8 in [0, 32, 34, 44, 45, 46, 58, 61, 92, 123, 125, 0xFF] {
          var garbled = line
          garbled[index] = wrong
          var reading = GraceReading()
          reading.add(garbled[...])
          reading.add(line[..<index])
          read += reading.censuses.count
        }
      }
    }
    #expect(read > 0)
  }

  /// Every span is in one line of the picture.
  @Test func noSpanIsLost() {
    var spans = GraceSpans()
    for exponent in 0..<64 { for offset: UInt64 in [0, 1] { spans.add((1 << exponent) - 1 + offset) } }
    for limit in GraceSpans.limits { for span in [limit - 1, limit] { spans.add(span) } }
    #expect(spans.counts.reduce(0, +) == spans.count)
    #expect(spans.count == 128 + 2 * GraceSpans.limits.count)
  }

  private static let picture = """
    smtp: 7 connections, 2026-11-21T08:00:01.000Z to 2026-11-21T08:00:08.000Z

      first byte after        TLS plaintext  too late
                < 1 ms          1         0         0  ████████████████████
                < 2 ms          0         0         0
                < 5 ms          0         1         0  ████████████████████
               < 10 ms          0         0         0
               < 20 ms          0         0         0
               < 50 ms          1         0         0  ████████████████████
              < 100 ms          0         0         0
              < 200 ms          0         0         0
              < 500 ms          1         0         1  ████████████████████████████████████████

      4 connections wanted TLS: half began within 43.1 ms, 99 % within 427.3 ms, all within 427.3 ms.
      1 of them was greeted too early.
      2 connections stayed silent and waited 300.1 ms on average, 0.6 s in all; learn would have known 1 of them.

      what it would have been with     one wait for all                learn, max 1s
      grace / floor    too early  silent wait       in all    too early  silent wait       in all
              50 ms            2      50.0 ms        0.1 s            0     525.0 ms        1.0 s
             100 ms            2     100.0 ms        0.2 s            0     550.0 ms        1.1 s
             200 ms            2     200.0 ms        0.4 s            0     600.0 ms        1.2 s
             300 ms            2     300.0 ms        0.6 s            0     650.0 ms        1.3 s
             500 ms            0     500.0 ms        1.0 s            0     750.0 ms        1.5 s
            1000 ms            0    1000.0 ms        2.0 s            0    1000.0 ms        2.0 s

    web: 1 connection, 2026-11-21T08:00:09.000Z to 2026-11-21T08:00:09.000Z

      first byte after        TLS plaintext  too late
                < 1 ms          0         1         0  ████████████████████████████████████████

      Nobody wanted TLS.

      what it would have been with     one wait for all                learn, max 1s
      grace / floor    too early  silent wait       in all    too early  silent wait       in all
              50 ms            0            -        0.0 s            0            -        0.0 s
             100 ms            0            -        0.0 s            0            -        0.0 s
             200 ms            0            -        0.0 s            0            -        0.0 s
             300 ms            0            -        0.0 s            0            -        0.0 s
             500 ms            0            -        0.0 s            0            -        0.0 s
            1000 ms            0            -        0.0 s            0            -        0.0 s

    """
}
