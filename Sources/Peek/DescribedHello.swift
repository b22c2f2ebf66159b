// A hello that was not read, but is described: by who imagines a client, and by what came in another form.

extension ClientHello {
  /// A hello that was not read, but is described. Names that cannot stand in one, for their length, are left out.
  /// - Parameters: as the properties.
  public convenience init(
    legacyVersion: UInt16, supportedVersions: [UInt16], serverNames: [String], alpn: [[UInt8]], cipherSuites: [UInt16],
    extensions: [UInt16], signatureAlgorithms: [UInt16], isSSLv2Format: Bool
  ) {
    var (message, parts): ([UInt8], _) = ([], HelloParts())
    parts.legacyVersion = legacyVersion
    parts.isSSLv2Format = isSSLv2Format
    parts.cipherSuites = message.add(cipherSuites.map(\.bytes))
    // Types without bodies: what is described of those stands by itself.
    parts.extensions = message.add(extensions.map { $0.bytes + [0, 0] })
    parts.serverNames = message.add(serverNames.compactMap { Self.entry(serverName: $0) })
    parts.protocols = message.add(alpn.compactMap { Self.entry(protocol: $0) })
    parts.supportedVersions = message.add(supportedVersions.map(\.bytes))
    parts.signatureAlgorithms = message.add(signatureAlgorithms.map(\.bytes))
    self.init(message, parts)
  }

  /// A host name in its list; nil if it is longer than any (RFC 6066 §3).
  private static func entry(serverName: String) -> [UInt8]? {
    let name = Array(serverName.utf8)
    return name.count > 255 ? nil : [0] + UInt16(name.count).bytes + name
  }

  /// A protocol in its list; nil for one that has no length there (RFC 7301 §3.1).
  private static func entry(protocol name: [UInt8]) -> [UInt8]? {
    UInt8(exactly: name.count).map { [$0] + name }
  }
}

extension [UInt8] {
  /// Appends the elements, and says where they stand then.
  fileprivate mutating func add(_ elements: [[UInt8]]) -> Range<Int> {
    let start = count
    for element in elements { append(contentsOf: element) }
    return start..<count
  }
}

extension UInt16 {
  /// In network order.
  fileprivate var bytes: [UInt8] { [UInt8(self >> 8), UInt8(truncatingIfNeeded: self)] }
}
