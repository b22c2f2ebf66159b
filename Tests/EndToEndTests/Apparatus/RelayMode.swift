import Foundation
import Testing

// usher copies bytes or splices them, whichever is cheaper. A scenario is to go well either way, so it is run with ushers that
// do nothing but the one, and with ushers that do nothing but the other.

/// How the ushers that a scenario starts move bytes: what they find in USHER_RELAY.
enum RelayMode: String, Sendable, Hashable {
  /// As shipped: letters are copied, what is much is spliced.
  case automatic
  case copying
  /// From the first byte; but for TLS that usher ends itself.
  case splicing

  /// Of this run of a scenario.
  @TaskLocal static var current = RelayMode.automatic

  /// Those that every scenario is run in. With USHER_RELAY set for the tests, nothing else is run.
  static let every = chosen ?? [.copying, .splicing]
  static let chosen = ProcessInfo.processInfo.environment["USHER_RELAY"].flatMap(RelayMode.init).map { [$0] }
}

/// Each case of the suite is run once for each mode.
struct InRelayModes: SuiteTrait, TestTrait, TestScoping {
  let modes: [RelayMode]
  var isRecursive: Bool { true }

  func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    for mode in modes {
      let naming = IssueHandlingTrait.compactMapIssues { issue in
        var issue = issue
        issue.comments.append("relay mode: \(mode.rawValue)")
        return issue
      }
      try await naming.provideScope(for: test, testCase: testCase) {
        await RelayMode.$current.withValue(mode) { await Self.recordingErrors(of: function) }
      }
    }
  }

  /// An error that is thrown would be recorded without its mode, and the next mode would not be run.
  private static func recordingErrors(of function: @Sendable () async throws -> Void) async {
    do { try await function() } catch is ExpectationFailedError {} catch { Issue.record(error) }
  }
}

extension Trait where Self == InRelayModes {
  /// Copying, then splicing.
  static var inEveryRelayMode: Self { InRelayModes(modes: RelayMode.every) }

  static func inRelayModes(_ modes: RelayMode...) -> Self { InRelayModes(modes: RelayMode.chosen ?? modes) }
}
