import Foundation
import Testing

@testable import Sessions

private let folder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("fixtures/dialogues")

private let files: [String] = try! FileManager.default.contentsOfDirectory(atPath: folder.path)
  .filter { $0.hasSuffix(".txt") }.sorted()

private func read(_ file: String) throws -> String {
  try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
}

/// A file holds one or more transcripts, each behind a line `== what it shows`.
struct Scene: CustomTestStringConvertible, Sendable {
  let file: String
  let title: String
  let text: String
  var testDescription: String { "\(file): \(title)" }

  static let all: [Scene] = files.flatMap { file in
    try! read(file).components(separatedBy: "\n== ").dropFirst().map { part in
      let lines = part.components(separatedBy: "\n")
      return Scene(file: file, title: lines[0], text: lines.dropFirst().joined(separator: "\n"))
    }
  }
}

@Suite struct TranscriptTests {
  @Test func thereAreTranscripts() { #expect(Scene.all.count >= 150) }

  @Test(arguments: Scene.all) func runsAsWritten(scene: Scene) {
    let transcript = Transcript(scene.text)
    #expect(transcript.run(.whole).text == transcript.expected)
  }

  /// Where something is said too early segments make a difference: what comes before the 220 is refused, whatever was done till
  /// then, and what a server says behind a reply can be seen only while it has been asked nothing else.
  @Test(arguments: Scene.all.filter { !["injection.txt", "chatter.txt"].contains($0.file) })
  func anySegmentationDoesTheSame(scene: Scene) {
    let transcript = Transcript(scene.text)
    let whole = transcript.run(.whole)
    let bytewise = transcript.run(.bytewise)
    #expect(bytewise.sent == whole.sent)
    #expect(bytewise.session.summary.ending == whole.session.summary.ending)
    #expect(bytewise.session.summary.rule == whole.session.summary.rule)
  }

  @Test(arguments: Scene.all.filter { $0.file == "injection.txt" }, Transcript.Segments.allCases)
  func nothingInjectedIsSeenByAServer(scene: Scene, segments: Transcript.Segments) {
    let transcript = Transcript(scene.text)
    let outcome = transcript.run(segments)
    for server in [Peer.greeter, .target] {
      #expect(!contains(outcome.sent[server] ?? [], Array("injected".utf8)))
      #expect(!contains(outcome.sent[server] ?? [], Hellos.bytes("mail.example")))
    }
    #expect(outcome.session.summary.ending == .injection)
    #expect(contains(outcome.sent[.client] ?? [], Array("554 5.5.0".utf8)))
  }

  /// Where a client's last words led to a relay in plaintext, what it pipelined behind them follows, or waits for its turn;
  /// where they asked for TLS, nothing of it is ever seen by a server.
  @Test(arguments: Scene.all) func trailingBytesFollowOrAreRefused(scene: Scene) {
    let transcript = Transcript(scene.text)
    guard let last = transcript.steps.lastIndex(where: { $0.hasPrefix("client ") }) else { return }
    let mark = Array("TRAILING".utf8)
    let whole = transcript.run(.whole)
    let changed = transcript.run(.whole) { $0 == last ? $1 + mark : $1 }
    let isInServers = [Peer.greeter, .target].contains { contains(changed.sent[$0] ?? [], mark) }
    let isForTLS =
      transcript.steps[last].uppercased().hasSuffix("STARTTLS")
      || transcript.steps[last...].contains { $0 == "secured" }
    if case .mediating = changed.session.phase {
      let inbox = changed.session.inbox
      #expect(isInServers || contains(inbox.waiting.indices.map { inbox.waiting[$0] }, mark))
    } else if isForTLS {
      #expect(!isInServers)
    } else if whole.session.summary.ending == .relayed {
      #expect(isInServers)
    } else {
      #expect(!isInServers)
    }
  }

  private func contains(_ bytes: [UInt8], _ mark: [UInt8]) -> Bool {
    bytes.indices.contains { bytes[$0...].starts(with: mark) }
  }
}
