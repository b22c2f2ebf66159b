/// A protocol that is known by the first bytes of its client: one row of the table.
public struct PlaintextProtocol: Sendable, Hashable {
  /// As it is written in a rules file: `http`, `ssh`, `smtp`, …
  public let name: String
}
