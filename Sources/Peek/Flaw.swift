/// What is wrong with a hello: the part that is named lies about its length, or is not what must stand there.
public enum Flaw: String, Sendable, Hashable, CaseIterable {
  /// A record of another type within the hello.
  case recordType = "record type"
  /// A record of another protocol version than 3.x.
  case recordVersion = "record version"
  /// A record that is empty (RFC 8446 §5.1 forbids it) or longer than 2^14 bytes.
  case recordLength = "record length"
  /// A handshake message that is no ClientHello.
  case handshakeType = "handshake type"
  /// A hello too short for what every hello has.
  case helloLength = "hello length"
  case sessionID = "session id"
  case cipherSuites = "cipher suites"
  case compressionMethods = "compression methods"
  case extensions
  case serverName = "server_name"
  case alpn
  case supportedVersions = "supported_versions"
  case signatureAlgorithms = "signature_algorithms"
  /// The lengths of an SSLv2-format hello.
  case ssl2Lengths = "SSLv2 lengths"
}
