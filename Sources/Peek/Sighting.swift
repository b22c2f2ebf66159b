import Wire

// What the first bytes of a client tell.

/// What a sniffer sees so far. Once it is anything but `undecided`, more bytes never change it.
public enum Sighting: Sendable, Hashable {
  /// More bytes are needed. `couldBeTLS` is settled before the hello is whole: once it is yes, only `tls`,
  /// `brokenTLS` and `tooLarge` can follow, and a client that stops here sent *incomplete TLS*, not plaintext.
  case undecided(couldBeTLS: Answer)
  /// A whole ClientHello.
  case tls(ClientHello)
  /// TLS that no server could take: it said it was TLS, then broke its own lengths or order.
  case brokenTLS(Flaw)
  /// A ClientHello longer than the limit.
  case tooLarge
  /// A named plaintext protocol of the table.
  case plaintext(PlaintextProtocol)
  /// Neither TLS nor any protocol of the table.
  case unknown
}
