import Foundation
import Glibc
import Testing

/// A process from its start to its end, as a service manager sees it. Nothing here depends on how fast anything is.
@Suite(.timeLimit(.minutes(1))) struct LifecycleTests {
  @Test func itTellsWhenItIsReadyReloadsAndStops() throws {
    let usher = try RunningUsher(settings: "{}")
    #expect(usher.news() == "READY=1")
    usher.signal(SIGHUP)
    #expect(usher.news() == "RELOADING=1")
    #expect(usher.news() == "READY=1")
    usher.signal(SIGTERM)
    #expect(usher.news() == "STOPPING=1")
    usher.process.waitUntilExit()
    #expect(usher.process.terminationStatus == 0)
    #expect(usher.line(with: "stopping")?.hasSuffix("the doors are closed") == true)
    #expect(usher.line(with: "stopped") != nil)
  }

  @Test func aFileWithAnErrorChangesNothingAndSaysWhy() throws {
    let usher = try RunningUsher(settings: "{}")
    #expect(usher.news() == "READY=1")
    try usher.write(settings: "{ treads: 2 }")
    usher.signal(SIGHUP)
    let reason = try #require(usher.line(with: "treads"))
    #expect(reason.contains("error") && reason.contains("rules.yaml:3:"))
    #expect(usher.line(with: "the rules stay as they were") != nil)
    let client = try usher.connect()
    defer { close(client) }
    usher.signal(SIGUSR1)
    while usher.line(with: "connection")?.contains("1 connection, running") == false { usher.signal(SIGUSR1) }
    // The silent server would hold the connection for as long as it lives.
    for _ in 0..<2 { usher.signal(SIGTERM) }
    #expect(usher.line(with: "connection listener=door") != nil)
  }

  @Test func aReloadChangesTheLogAndSaysWhatItCannotChange() throws {
    let usher = try RunningUsher(settings: "{}")
    #expect(usher.news() == "READY=1")
    try usher.write(settings: "{ log: { format: json }, threads: 3, hostname: other.example }")
    usher.signal(SIGHUP)
    #expect(usher.line(with: "are in force")?.hasPrefix("{\"time\":") == true)
    #expect(usher.line(with: "settings: threads takes effect when usher is started anew") != nil)
    #expect(usher.line(with: "settings: hostname takes effect") != nil)
  }

  @Test func theWordsOfTheCommandLineWinOverTheFile() throws {
    let usher = try RunningUsher(
      settings: "{ log: { level: error } }", arguments: ["--log-level", "info", "--log-format", "json"])
    #expect(usher.line(with: "\"message\":\"ready, version")?.contains("\"level\":\"info\"") == true)
    usher.signal(SIGHUP)
    #expect(usher.line(with: "are in force")?.hasPrefix("{\"time\":") == true)
  }

  @Test func aSecondSignalEndsWhatTheFirstWaitsFor() throws {
    let usher = try RunningUsher(settings: "{ timeouts: { drain: 1h } }")
    #expect(usher.news() == "READY=1")
    let client = try usher.connect()
    defer { close(client) }
    usher.signal(SIGUSR1)
    while usher.line(with: "connection")?.contains("1 connection, running") == false { usher.signal(SIGUSR1) }
    usher.signal(SIGTERM)
    #expect(usher.news() == "STOPPING=1")
    #expect(usher.line(with: "1 connection may take 3600 s to end") != nil)
    usher.signal(SIGTERM)
    usher.process.waitUntilExit()
    #expect(usher.process.terminationStatus == 0)
    #expect(usher.line(with: "connection listener=door") != nil)
  }

  @Test(.enabled(if: geteuid() == 0), arguments: [("proxy-v1", UInt64(0)), ("transparent", 1 << 12)])
  func rootIsGivenUpAndOnlyWhatTransparentNeedsIsKept(clientAddress: String, capabilities: UInt64) throws {
    let usher = try RunningUsher(settings: "{ user: nobody }", clientAddress: clientAddress, door: "127.0.0.1:0")
    #expect(usher.news() == "READY=1")
    #expect(usher.line(with: "usher is now nobody") != nil)
    let user = try #require(getpwnam("nobody")).pointee.pw_uid
    for fields in try threads(of: usher.process.processIdentifier) {
      #expect(fields["Uid"] == "\(user)\t\(user)\t\(user)\t\(user)")
      // The log was there before: it needs nothing, and kept nothing.
      #expect(UInt64(fields["CapEff"] ?? "", radix: 16) == (fields["Name"] == "usher-log" ? 0 : capabilities))
    }
  }

  /// What /proc/PID/task/TID/status says of each.
  private func threads(of process: Int32) throws -> [[String: String]] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").map { task in
      let status = try String(contentsOfFile: "/proc/\(process)/task/\(task)/status", encoding: .utf8)
      let fields = status.split(separator: "\n").map { $0.split(separator: ":", maxSplits: 1) }
      return Dictionary(
        fields.map { (String($0[0]), $0.count > 1 ? $0[1].trimmingCharacters(in: .whitespaces) : "") },
        uniquingKeysWith: { first, _ in first })
    }
  }
}
