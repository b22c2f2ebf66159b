// Reading binary structures that a stranger wrote. A cursor cannot leave its span, and the cursor of an inner
// structure cannot leave that structure: a length that lies runs out of bytes, it never reads its neighbour's.

/// A position in bytes; every read either succeeds whole or returns nil and moves nothing.
public struct Cursor: ~Escapable {
  private let bytes: Span<UInt8>
  /// How many bytes were read.
  public private(set) var position = 0

  /// - Parameter bytes: what is read, from its start.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  /// How many bytes are left.
  public var remaining: Int { bytes.count - position }
  /// Whether nothing is left.
  public var isAtEnd: Bool { remaining == 0 }

  /// One byte.
  @_lifetime(self: copy self)
  public mutating func byte() -> UInt8? {
    guard remaining >= 1 else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  /// A 16-bit number in network order.
  @_lifetime(self: copy self)
  public mutating func uint16() -> UInt16? {
    guard remaining >= 2 else { return nil }
    defer { position += 2 }
    return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
  }

  /// A 24-bit number in network order.
  @_lifetime(self: copy self)
  public mutating func uint24() -> Int? {
    guard remaining >= 3 else { return nil }
    defer { position += 3 }
    return Int(bytes[position]) << 16 | Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
  }

  /// The next `count` bytes, as a cursor of their own.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func structure(_ count: Int) -> Cursor? {
    guard count >= 0, remaining >= count else { return nil }
    defer { position += count }
    return Cursor(bytes.extracting(position..<position + count))
  }

  /// A copy of what is left, which is read with it.
  @_lifetime(self: copy self)
  public mutating func rest() -> [UInt8] {
    defer { position = bytes.count }
    return (position..<bytes.count).map { bytes[$0] }
  }
}
