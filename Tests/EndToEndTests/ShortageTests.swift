import Foundation
import Testing

/// The kernel grants usher no more descriptors: who is there is served on, who comes waits, and the log says once that
/// it begins and once that it is over.
@Suite(.inTurn)
struct ShortageTests {
  private static let begins = "clients must wait to be accepted: Too many open files"
  private static let ends = "clients are accepted again"

  @Test func whoComesWhenThereAreNoDescriptorsIsServedLater() async throws {
    let stage = try await Stage()
    let server = try HandMadeServer(answer: Scene.politely)
    let usher = try await stage.startUsher(before: [server.address])
    var served = [try RawClient(port: usher.port)]
    try await introduce(served[0])

    for round in 1...2 {
      // The lowest three are taken in every process.
      try await allow(usher.child, descriptors: 3, stage)
      let clients = try (0..<3).map { _ in try RawClient(port: usher.port) }
      try await until("it begins", or: { usher.child.output }) { count(Self.begins, usher) >= round }
      try await itHasTriedAgain(usher)
      for client in served { #expect(try await client.say("RCPT TO:<u@rcpt.test>").hasPrefix("250")) }
      #expect(clients.allSatisfy { $0.read() == nil })

      try await allow(usher.child, descriptors: 1024, stage)
      for client in clients { try await introduce(client) }
      try await until("it is over", or: { usher.child.output }) { count(Self.ends, usher) >= round }
      #expect([Self.begins, Self.ends].map { count($0, usher) } == [round, round], "\(usher.child.output)")
      served += clients
    }
  }

  /// Greeted, and connected to the server.
  private func introduce(_ client: RawClient) async throws {
    #expect(try await client.reply().hasPrefix("220 "))
    #expect(try await client.say("EHLO client.example").hasPrefix("250"))
    #expect(try await client.say("MAIL FROM:<a@sender.example>").hasPrefix("250"))
  }

  /// prlimit(2): of those that it opens from now on, the numbers are lower than that.
  private func allow(_ process: Child, descriptors: Int, _ stage: Stage) async throws {
    try await run(["prlimit", "--pid", "\(process.pid)", "--nofile=\(descriptors):"], stage.folder)
  }

  /// Nothing but the next attempt to accept wakes it while its clients are silent.
  private func itHasTriedAgain(_ usher: RunningUsher) async throws {
    let before = usher.child.timesWoken
    try await until("it tries again", or: { usher.child.output }) { usher.child.timesWoken >= before + 10 }
  }

  private func count(_ words: String, _ usher: RunningUsher) -> Int { usher.child.output.ranges(of: words).count }
}

extension Child {
  /// How often one of its threads has waited: `/proc/PID/task/TID/status`.
  fileprivate var timesWoken: Int {
    let tasks = "/proc/\(pid)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    return threads.reduce(0) { count, thread in
      let status = (try? String(contentsOfFile: "\(tasks)/\(thread)/status", encoding: .utf8)) ?? ""
      let row = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
      return count + (row?.split(separator: "\t").last.flatMap { Int($0) } ?? 0)
    }
  }
}
