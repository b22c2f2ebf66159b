import Testing

// Swift Testing begins all tests at once; here each has servers, clients and polls, and there are few processors.

/// Lets so many in at a time, in the order in which they came.
actor Turnstile {
  /// For whole scenarios. Some wait for seconds, and some of those fail where a client comes late because all are busy.
  static let scenarios = Turnstile(width: 40)

  let width: Int
  private var free: Int
  private var waiting: [(width: Int, continuation: CheckedContinuation<Void, Never>)] = []

  init(width: Int) { (self.width, free) = (width, width) }

  /// - Parameter taking: how much of the turnstile it needs.
  func through(taking width: Int, _ body: @Sendable () async throws -> Void) async rethrows {
    await enter(width)
    defer { leave(width) }
    try await body()
  }

  private func enter(_ width: Int) async {
    if waiting.isEmpty, free >= width {
      free -= width
    } else {
      await withCheckedContinuation { waiting.append((width, $0)) }
    }
  }

  private func leave(_ width: Int) {
    free += width
    while let next = waiting.first, next.width <= free {
      free -= next.width
      waiting.removeFirst().continuation.resume()
    }
  }
}

/// Each case of the suite waits for its turn.
struct InTurn: SuiteTrait, TestTrait, TestScoping {
  /// How much of the turnstile it needs; nil is all of it.
  let width: Int?
  var isRecursive: Bool { true }

  func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let turnstile = Turnstile.scenarios
    try await turnstile.through(taking: width ?? turnstile.width, function)
  }
}

extension Trait where Self == InTurn {
  /// No more scenarios at once than this machine can bear.
  static var inTurn: Self { inTurn(taking: 5) }
  /// For what takes the whole machine, or is about how soon a client comes.
  static var alone: Self { InTurn(width: nil) }
  /// For what mostly waits: so many fortieths of what the machine can bear.
  static func inTurn(taking width: Int) -> Self { InTurn(width: width) }
}
