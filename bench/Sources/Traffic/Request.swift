// What a client wants of the sink. It travels in the random bytes of its ClientHello, which every proxy passes on as they
// are; so one port of the sink serves all work, and a proxy has to route by the name alone.

/// What the sink shall do with a connection.
public struct Request: Equatable, Sendable {
  /// The ways to answer.
  public enum Kind: UInt8, Sendable {
    /// Send `count` bytes, then close.
    case answer = 1
    /// Send back what comes.
    case echo
    /// Take what comes until it ends, then close.
    case drain
  }

  public var kind: Kind
  public var count: Int

  public init(_ kind: Kind, count: Int = 0) {
    self.kind = kind
    self.count = count
  }

  /// Where it begins in a ClientHello: record header 5, handshake header 4, version 2.
  private static let offset = 11
  private static let magic = Array("bench:".utf8)
  /// The bytes of a ClientHello that have to be there to read it.
  public static let length = offset + 32

  /// Reads it from the beginning of a connection; nil if that does not carry one.
  public init?(at bytes: UnsafeRawPointer) {
    let random = bytes + Request.offset
    for (index, byte) in Request.magic.enumerated() where random.load(fromByteOffset: index, as: UInt8.self) != byte {
      return nil
    }
    guard let kind = Kind(rawValue: random.load(fromByteOffset: Request.magic.count, as: UInt8.self)) else {
      return nil
    }
    self.kind = kind
    count = Int(random.loadUnaligned(fromByteOffset: Request.magic.count + 1, as: Int64.self))
  }

  /// The 32 random bytes.
  var random: [UInt8] {
    let number = withUnsafeBytes(of: Int64(count)) { Array($0) }
    let head = Request.magic + [kind.rawValue] + number
    return head + [UInt8](repeating: 0x5a, count: 32 - head.count)
  }
}
