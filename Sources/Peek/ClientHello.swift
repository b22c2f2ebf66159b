// What a ClientHello says, as far as rules, PROXY headers and JA4 need it. Kept behind one reference, so that a client of whom
// it is not known, or who speaks something else, pays for one word.

/// What a ClientHello says (RFC 8446 §4.1.2), as far as rules, PROXY headers and JA4 need it.
public struct ClientHello: Sendable, Hashable {
  private final class Storage: Sendable {
    let content: Content
    init(_ content: Content) { self.content = content }
  }

  struct Content: Sendable, Hashable {
    var legacyVersion: UInt16 = 0
    var supportedVersions: [UInt16] = []
    var serverNames: [String] = []
    var alpn: [[UInt8]] = []
    var cipherSuites: [UInt16] = []
    var extensions: [UInt16] = []
    var signatureAlgorithms: [UInt16] = []
    var isSSLv2Format = false
  }

  private let storage: Storage

  init(_ content: Content) { storage = Storage(content) }

  /// A hello that was not read, but is described.
  /// - Parameters: as the properties.
  public init(
    legacyVersion: UInt16, supportedVersions: [UInt16], serverNames: [String], alpn: [[UInt8]], cipherSuites: [UInt16],
    extensions: [UInt16], signatureAlgorithms: [UInt16], isSSLv2Format: Bool
  ) {
    self.init(
      Content(
        legacyVersion: legacyVersion, supportedVersions: supportedVersions, serverNames: serverNames, alpn: alpn,
        cipherSuites: cipherSuites, extensions: extensions, signatureAlgorithms: signatureAlgorithms,
        isSSLv2Format: isSSLv2Format))
  }

  /// `legacy_version`, or the version of an SSLv2-format hello.
  public var legacyVersion: UInt16 { storage.content.legacyVersion }
  /// The versions of `supported_versions`, in order, GREASE left out; empty without the extension.
  public var supportedVersions: [UInt16] { storage.content.supportedVersions }
  /// Host names of `server_name`, lower case, a trailing dot removed; only ones of at most 255 printing ASCII characters.
  public var serverNames: [String] { storage.content.serverNames }
  /// Protocols of ALPN, as raw bytes, in order, GREASE left out.
  public var alpn: [[UInt8]] { storage.content.alpn }
  /// Cipher suites in order, GREASE included; of an SSLv2-format hello those that TLS has as well.
  public var cipherSuites: [UInt16] { storage.content.cipherSuites }
  /// Extension types in order, GREASE included.
  public var extensions: [UInt16] { storage.content.extensions }
  /// Signature algorithms in order, GREASE included.
  public var signatureAlgorithms: [UInt16] { storage.content.signatureAlgorithms }
  /// Whether it came in an SSLv2-format record.
  public var isSSLv2Format: Bool { storage.content.isSSLv2Format }

  public static func == (left: ClientHello, right: ClientHello) -> Bool {
    left.storage === right.storage || left.storage.content == right.storage.content
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(storage.content) }
}

extension ClientHello.Content {
  /// How many names, and how many protocols, are kept: one and two are usual.
  private static let most = 32

  /// What is no host name matches no rule: NUL, spaces and control bytes could be read differently further on.
  mutating func add(serverName name: [UInt8]) {
    let name = name.last == UInt8(ascii: ".") ? name.dropLast() : name[...]
    guard (1...255).contains(name.count), name.allSatisfy({ (0x21...0x7E).contains($0) }),
      serverNames.count < Self.most
    else { return }
    let lowerCase = name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    serverNames.append(String(decoding: lowerCase, as: UTF8.self))
  }

  mutating func add(protocol name: [UInt8]) {
    let isGREASE = name.count == 2 && GREASE.contains(UInt16(name[0]) << 8 | UInt16(name[1]))
    if !isGREASE, alpn.count < Self.most { alpn.append(name) }
  }
}

/// Values that mean nothing, and are sent so that servers learn to ignore what they do not know (RFC 8701 §2).
enum GREASE {
  static func contains(_ value: UInt16) -> Bool { value & 0x0F0F == 0x0A0A && value >> 8 == value & 0xFF }
}
