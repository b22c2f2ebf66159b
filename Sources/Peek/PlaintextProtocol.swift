/// A protocol that is known by the first bytes of its client: one row of the table in `Protocols.swift`.
public struct PlaintextProtocol: Sendable, Hashable {
  /// Its row.
  private let row: UInt8

  init(row: Int) { self.row = UInt8(row) }

  /// As it is written in a rules file: `http`, `ssh`, `smtp`, …
  public var name: String { Protocols.rows[Int(row)].name }

  /// All that there are, in the order of the table.
  public static var all: [PlaintextProtocol] { Protocols.rows.indices.map(PlaintextProtocol.init) }
}
