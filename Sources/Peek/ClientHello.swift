/// What a ClientHello says (RFC 8446 §4.1.2), as far as rules, PROXY headers and JA4 need it.
public struct ClientHello: Sendable, Hashable {
  /// `legacy_version`, or the version of an SSLv2-format hello.
  public var legacyVersion: UInt16
  /// The versions of `supported_versions`, in order, GREASE left out; empty without the extension.
  public var supportedVersions: [UInt16]
  /// Host names of `server_name`, lower case, a trailing dot removed; only ones without NUL or other control bytes.
  public var serverNames: [String]
  /// Protocols of ALPN, as raw bytes, in order, GREASE left out.
  public var alpn: [[UInt8]]
  /// Cipher suites in order, GREASE included.
  public var cipherSuites: [UInt16]
  /// Extension types in order, GREASE included.
  public var extensions: [UInt16]
  /// Signature algorithms in order, GREASE included.
  public var signatureAlgorithms: [UInt16]
  /// Whether it came in an SSLv2-format record.
  public var isSSLv2Format: Bool
}

/// What is wrong with a hello; the guilty part is named.
public enum Flaw: String, Sendable, Hashable {
  /// To come.
  case recordLength
}
