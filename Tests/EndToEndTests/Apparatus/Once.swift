/// What is made when it is first asked for, and kept until the last test has ended.
actor Once<Key: Hashable & Sendable, Value: Sendable> {
  private var made: [Key: Task<Value, any Error>] = [:]

  func value(_ key: Key, _ make: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let task = made[key] ?? Task { try await make() }
    made[key] = task
    return try await task.value
  }
}
