// Nothing here sleeps and hopes: a test waits for what it names, and fails with what it saw.

/// What went wrong, in words.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Waits until the condition holds.
/// - Parameters:
///   - limit: far more than it takes on a loaded machine; only a failing test waits so long.
///   - evidence: what to show when it never holds.
func until(
  _ what: String, within limit: Duration = .seconds(30), or evidence: () -> String = { "" },
  _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < end else { throw Failure("waited \(limit) in vain until \(what)\n\(evidence())") }
    try await Task.sleep(for: .milliseconds(20))
  }
}

/// Waits until there is a value.
func first<Value>(
  _ what: String, within limit: Duration = .seconds(30), or evidence: () -> String = { "" },
  _ find: () async throws -> Value?
) async throws -> Value {
  var found: Value?
  try await until(what, within: limit, or: evidence) {
    found = try await find()
    return found != nil
  }
  return found!
}
