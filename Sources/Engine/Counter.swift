import Synchronization

/// A number that all threads count.
final class Counter: Sendable {
  private let number = Atomic<Int>(0)

  var value: Int { number.load(ordering: .relaxed) }
  /// - Returns: what it is then.
  @discardableResult func add(_ amount: Int) -> Int { number.add(amount, ordering: .relaxed).newValue }
}

/// A switch that all threads see.
final class Flag: Sendable {
  private let state = Atomic<Bool>(false)

  var isOn: Bool { state.load(ordering: .relaxed) }
  /// - Returns: whether this is a change.
  func turn(_ on: Bool) -> Bool { state.exchange(on, ordering: .relaxed) != on }
}
