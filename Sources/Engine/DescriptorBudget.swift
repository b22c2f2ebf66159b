/// How many descriptors the process may still open. What a client may come to need is set aside when it is accepted, so
/// that one which was greeted never hears that there is no descriptor left for its server.
final class DescriptorBudget: Sendable {
  /// A client, its greeter and the server that is chosen for it.
  static let client: UInt8 = 3
  /// Both ends of a pipe.
  static let pipe: UInt8 = 2
  private let used = Counter()
  private let most: Int

  /// - Parameter most: what connections may use.
  init(most: Int) { self.most = most }

  /// Sets descriptors aside, if there are so many.
  func reserve(_ count: UInt8) -> Bool {
    guard used.add(Int(count)) > most else { return true }
    used.add(-Int(count))
    return false
  }

  func release(_ count: UInt8) { used.add(-Int(count)) }
}
