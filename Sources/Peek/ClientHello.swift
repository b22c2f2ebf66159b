// What a ClientHello says, as far as rules, PROXY headers and JA4 need it. The message is kept as it came, with where in it they
// stand, and read when it is asked: most rules ask for one name. It is an object, so that a client of whom it is not known,
// or who speaks something else, pays for one word.

/// What a ClientHello says (RFC 8446 §4.1.2), as far as rules, PROXY headers and JA4 need it.
public final class ClientHello: Sendable, Hashable {
  private let message: [UInt8]
  private let parts: HelloParts

  /// - Parameters:
  ///   - message: in which they stand.
  ///   - parts: found right by a reader.
  init(_ message: [UInt8], _ parts: HelloParts) {
    var message = message
    var names = HelloList(names: parts.serverNames)
    while let name = names.next(in: message.span) {
      for index in name where (0x41...0x5A).contains(message[index]) { message[index] |= 0x20 }
    }
    self.message = message
    self.parts = parts
  }

  /// `legacy_version`, or the version of an SSLv2-format hello.
  public var legacyVersion: UInt16 { parts.legacyVersion }
  /// Whether it came in an SSLv2-format record.
  public var isSSLv2Format: Bool { parts.isSSLv2Format }
  /// The versions of `supported_versions`, in order, GREASE left out; empty without the extension.
  public var supportedVersions: [UInt16] { numbers(parts.supportedVersions).filter { !GREASE.contains($0) } }
  /// Cipher suites in order, GREASE included; of an SSLv2-format hello those that TLS has as well.
  public var cipherSuites: [UInt16] { numbers(parts.cipherSuites) }
  /// Signature algorithms in order, GREASE included.
  public var signatureAlgorithms: [UInt16] { numbers(parts.signatureAlgorithms) }

  /// Extension types in order, GREASE included.
  public var extensions: [UInt16] {
    let message = message
    var list = HelloList(extensions: parts.extensions)
    var types: [UInt16] = []
    while let body = list.next(in: message.span) {
      types.append(message.span.uint16(at: body.lowerBound - 4))
    }
    return types
  }

  /// Host names of `server_name`, lower case, a trailing dot removed; only ones of at most 255 printing ASCII characters.
  public var serverNames: [String] {
    var names: [String] = []
    forEachServerName { name in names.append(name.text) }
    return names
  }

  /// Protocols of ALPN, as raw bytes, in order, GREASE left out.
  public var alpn: [[UInt8]] {
    var protocols: [[UInt8]] = []
    forEachProtocol { name in protocols.append(name.array) }
    return protocols
  }

  private func numbers(_ part: Range<Int>) -> [UInt16] {
    let message = message
    return stride(from: part.lowerBound, to: part.upperBound, by: 2).map { message.span.uint16(at: $0) }
  }

  public static func == (left: ClientHello, right: ClientHello) -> Bool {
    left === right || left.message == right.message && left.parts == right.parts
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(message) }
}

// MARK: - Names, without a copy

extension ClientHello {
  /// Calls with each of `serverNames`.
  public func forEachServerName(_ body: (Span<UInt8>) -> Void) {
    let message = message
    var list = HelloList(names: parts.serverNames)
    while let name = list.next(in: message.span) {
      if let host = Self.hostName(name, in: message.span) { body(message.span.extracting(host)) }
    }
  }

  /// Calls with each of `alpn`.
  public func forEachProtocol(_ body: (Span<UInt8>) -> Void) {
    let message = message
    var list = HelloList(protocols: parts.protocols)
    while let name = list.next(in: message.span) {
      let isGREASE = name.count == 2 && GREASE.contains(message.span.uint16(at: name.lowerBound))
      if !isGREASE { body(message.span.extracting(name)) }
    }
  }

  /// What is no host name matches no rule: NUL, spaces and control bytes could be read differently further on.
  private static func hostName(_ name: Range<Int>, in message: Span<UInt8>) -> Range<Int>? {
    var name = name
    // RFC 6066 §3: its type, then its length.
    guard message[name.lowerBound - 3] == 0 else { return nil }
    if !name.isEmpty, message[name.upperBound - 1] == UInt8(ascii: ".") { name = name.lowerBound..<name.upperBound - 1 }
    return (1...255).contains(name.count) && name.allSatisfy { (0x21...0x7E).contains(message[$0]) } ? name : nil
  }
}

/// Values that mean nothing, and are sent so that servers learn to ignore what they do not know (RFC 8701 §2).
enum GREASE {
  static func contains(_ value: UInt16) -> Bool { value & 0x0F0F == 0x0A0A && value >> 8 == value & 0xFF }
}
