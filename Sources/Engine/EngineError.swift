/// What the world refused: a port taken, a certificate unreadable, `transparent` without the right to it.
public struct EngineError: Error, Hashable, Sendable {
  /// In words, naming the thing and the reason.
  public let reason: String

  public init(reason: String) { self.reason = reason }
}
