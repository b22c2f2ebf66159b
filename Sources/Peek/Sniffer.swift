import Wire

/// Tells what a client speaks from its first bytes, one look after the other.
public struct Sniffer: Sendable {
  /// The largest ClientHello that is read, in bytes of the handshake message.
  public let largestHello: Int

  /// - Parameter largestHello: bytes of the handshake message; a larger one is `tooLarge`.
  public init(largestHello: Int) { self.largestHello = largestHello }

  /// Looks at all bytes that the client has sent so far: the caller keeps them, the sniffer remembers how far it read,
  /// so that any segmentation costs one pass.
  public mutating func look(at bytes: Span<UInt8>) -> Sighting { .undecided(couldBeTLS: .notYet) }
}
