import Testing

// Swift Testing begins all tests at once; here each has servers, clients and polls, and there are few processors.

/// Lets so many in at a time.
actor Turnstile {
  /// For whole scenarios.
  static let scenarios = Turnstile(width: 8)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(width: Int) { free = width }

  func through(_ body: @Sendable () async throws -> Void) async rethrows {
    await enter()
    defer { leave() }
    try await body()
  }

  private func enter() async {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  private func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

/// Each case of the suite waits for its turn.
struct InTurn: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await Turnstile.scenarios.through(function)
  }
}

extension Trait where Self == InTurn {
  /// No more scenarios at once than this machine can bear.
  static var inTurn: Self { InTurn() }
}
