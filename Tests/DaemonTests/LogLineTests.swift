import Engine
import Kernel
import Routing
import Testing
import Wire

@testable import Daemon
@testable import Sessions

@Suite struct LogLineTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (1_795_251_381_123, "2026-11-21T08:56:21.123Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
    (-1, "1969-12-31T23:59:59.999Z"),
  ]) func timesAreThoseOfRFC3339(milliseconds: Int64, text: String) {
    #expect(String(decoding: WallTime(milliseconds: milliseconds).timestamp, as: UTF8.self) == text)
  }

  /// Values as a peer or a file could have them, and what stands in the line.
  @Test(arguments: [
    ("smtp", "smtp", #""smtp""#),
    ("192.0.2.1:25", "192.0.2.1:25", #""192.0.2.1:25""#),
    ("[2001:db8::1]:25", "[2001:db8::1]:25", #""[2001:db8::1]:25""#),
    ("unix:/run/mta.sock", "unix:/run/mta.sock", #""unix:/run/mta.sock""#),
    ("everyone else", #""everyone else""#, #""everyone else""#),
    ("", #""""#, #""""#),
    (#"a"b"#, #""a\"b""#, #""a\"b""#),
    (#"a\b"#, #""a\\b""#, #""a\\b""#),
    ("a=b", #""a=b""#, #""a=b""#),
    ("a\nforged=1", #""a\nforged=1""#, #""a\nforged=1""#),
    ("\r\u{1B}[31m\u{7F}", #""\u000d\u001b[31m\u007f""#, #""\u000d\u001b[31m\u007f""#),
    ("\u{9B}31m", #""\u009b31m""#, #""\u009b31m""#),
    ("\u{202E}evil\u{2028}", #""\u202eevil\u2028""#, #""\u202eevil\u2028""#),
    ("Büro", "\"Büro\"", "\"Büro\""),
  ]) func whateverIsInAValueItStaysOne(value: String, text: String, json: String) {
    #expect(line(.text) { $0.add("key", value) } == "1970-01-01T00:00:00.000Z info key=\(text)\n")
    #expect(
      line(.json) { $0.add("key", value) }
        == #"{"time":"1970-01-01T00:00:00.000Z","level":"info","key":\#(json)}"# + "\n")
  }

  @Test(arguments: [
    (Duration.zero, "0.0"), (.microseconds(449), "0.4"), (.milliseconds(300), "300.0"), (.seconds(3600), "3600000.0"),
    (.microseconds(-5), "0.0"),
  ]) func millisecondsHaveOneDecimal(duration: Duration, text: String) {
    #expect(duration.millisecondsText == text)
  }

  @Test func theJournalTakesTheLevelFromANumberInFront() {
    let levels: [(Settings.Log.Level, String)] = [(.debug, "<7>"), (.info, "<6>"), (.warning, "<4>"), (.error, "<3>")]
    for (level, prefix) in levels {
      let line = LogLine(.text, forJournal: true, time: WallTime(milliseconds: 0), level: level)
      #expect(String(decoding: line.bytes, as: UTF8.self) == "\(prefix)1970-01-01T00:00:00.000Z \(level.rawValue)")
    }
  }

  @Test func aConnectionIsOneLine() {
    #expect(
      line(.text) { $0.add(.example) } == """
        1970-01-01T00:00:00.000Z info connection listener=smtp client=203.0.113.9:40000 verdict=tls \
        rule="everyone else" server=mta address=127.0.0.1:2525 decided-by=bytes decided-ms=0.4 decided-bytes=517 \
        first-byte-ms=0.3 from-client=1234 to-client=5678 ms=812.1 end=closed

        """)
    #expect(
      line(.json) { $0.add(.example) } == """
        {"time":"1970-01-01T00:00:00.000Z","level":"info","event":"connection","listener":"smtp",\
        "client":"203.0.113.9:40000","verdict":"tls","rule":"everyone else","server":"mta","address":"127.0.0.1:2525",\
        "decided-by":"bytes","decided-ms":0.4,"decided-bytes":517,"first-byte-ms":0.3,"from-client":1234,\
        "to-client":5678,"ms":812.1,"end":"closed"}

        """)
  }

  private func line(_ format: Settings.Log.Format, _ fill: (inout LogLine) -> Void) -> String {
    var line = LogLine(format, forJournal: false, time: WallTime(milliseconds: 0), level: .info)
    fill(&line)
    line.end()
    return String(decoding: line.bytes, as: UTF8.self)
  }
}

extension ConnectionReport {
  /// A client that began with TLS.
  static var example: ConnectionReport {
    let mta = ServerID(0)
    let server = Server(
      name: "mta", addresses: [Endpoint("127.0.0.1:2525")!], balance: .inOrder, tls: [], clientAddress: .hidden)
    let listener = Listener(
      name: "smtp", doors: [], dialogue: .smtp, grace: .standard, greeter: mta, capabilities: .common,
      rules: RuleList([Rule(name: "everyone else", condition: nil, action: .to(mta, terminatingTLS: false))]),
      certificates: [])
    var summary = Summary(
      listener: 0, client: Endpoint("203.0.113.9:40000")!, local: Endpoint("192.0.2.25:25")!,
      accepted: Instant(nanoseconds: 0))
    summary.verdict = "tls"
    summary.rule = 0
    summary.server = mta
    summary.decidedBy = .bytes
    summary.decidedAfter = .microseconds(449)
    summary.decidedBytes = 517
    summary.firstByteAfter = .microseconds(300)
    return ConnectionReport(
      summary: summary,
      configuration: Configuration(listeners: [listener], servers: [server], settings: Settings()),
      serverAddress: Endpoint("127.0.0.1:2525"), bytesFromClient: 1234, bytesToClient: 5678,
      duration: .microseconds(812_100), ending: "closed")
  }
}
