// Reads a ClientHello (RFC 8446 §4.1.2) field by field, as far as it has arrived. All that it remembers is where it is,
// where the structures that it is in end, and where the parts stand that are asked for, so that it costs nothing to wait, and
// any segmentation costs one pass.
//
// What is asked of a number is not whether it is right, but whether a whole hello is still possible with it; so a hello that
// lies is broken at the first byte that settles it. Only the extensions that rules ask for are looked into: whether the others
// are right is for the server to say.

/// A position in a ClientHello.
struct HelloReader: Sendable, Hashable {
  fileprivate enum Stage: UInt8, Sendable {
    case type, length, version, sessionID, cipherSuites, compressionMethods, extensionsLength, extensions
    case serverNameList, serverNames, protocolList, protocols, supportedVersions, signatureAlgorithms
    case end
  }

  /// Where what it has read stands.
  private(set) var parts = HelloParts()
  private var stage = Stage.type
  /// Up to here it was read, or skipped: what is skipped may not have arrived yet.
  private var position = 0
  /// Where the message ends.
  private var end = 0
  /// Where the extension ends that it is in.
  private var extensionEnd = 0

  /// The least that follows a session ID: two cipher suites' bytes with their length, one compression method with its.
  private static let leastAfterSessionID = 6
  /// The least that follows the length of a message: version, random, the length of a session ID.
  private static let least = 2 + 32 + 1 + leastAfterSessionID

  /// How much of the message is left.
  private var rest: Int { end - position }
  /// How much of the extension is left.
  private var extensionRest: Int { extensionEnd - position }

  /// Reads on, and returns how long the message is if it is whole.
  /// - Parameters:
  ///   - message: all of the handshake message that is here, its header included; more may stand behind it.
  ///   - largest: the largest message, in bytes with its header.
  /// - Throws: why it is not whole.
  mutating func read(_ message: Span<UInt8>, largest: Int) throws(Halt) -> Int {
    while stage != .end { try step(message, largest) }
    // The last field may have been skipped.
    guard message.count >= end else { throw .starved }
    return end
  }

  private mutating func step(_ message: Span<UInt8>, _ largest: Int) throws(Halt) {
    switch stage {
    case .type: try readType(message)
    case .length: try readLength(message, largest)
    case .version: try readVersion(message)
    case .sessionID: try readSessionID(message)
    case .cipherSuites: try readCipherSuites(message)
    case .compressionMethods: try readCompressionMethods(message)
    case .extensionsLength: try readExtensionsLength(message)
    case .extensions: try readExtension(message)
    case .serverNameList: parts.serverNames = try readListLength(2, message, .serverName, then: .serverNames)
    case .serverNames: try readServerName(message)
    case .protocolList: parts.protocols = try readListLength(2, message, .alpn, then: .protocols)
    case .protocols: try readProtocol(message)
    case .supportedVersions: parts.supportedVersions = try readNumbers(1, message, .supportedVersions)
    case .signatureAlgorithms: parts.signatureAlgorithms = try readNumbers(2, message, .signatureAlgorithms)
    case .end: break
    }
  }

  private mutating func go(to stage: Stage, over count: Int) {
    self.stage = stage
    position += count
  }
}

// MARK: - What every hello has

extension HelloReader {
  private mutating func readType(_ message: Span<UInt8>) throws(Halt) {
    _ = try message.number(1, at: position, .handshakeType) { $0 == 1 }
    go(to: .length, over: 1)
  }

  /// Early: the highest byte alone can make it too large.
  private mutating func readLength(_ message: Span<UInt8>, _ largest: Int) throws(Halt) {
    var length = 0
    for offset in 0..<3 {
      guard position + offset < message.count else { throw .starved }
      length |= Int(message[position + offset]) << (16 - 8 * offset)
      if 4 + length > largest { throw .tooLarge }
    }
    guard length >= HelloReader.least else { throw .broken(.helloLength) }
    end = 4 + length
    go(to: .version, over: 3)
  }

  private mutating func readVersion(_ message: Span<UInt8>) throws(Halt) {
    parts.legacyVersion = UInt16(try message.number(2, at: position, .helloLength) { _ in true })
    go(to: .sessionID, over: 2 + 32)
  }

  private mutating func readSessionID(_ message: Span<UInt8>) throws(Halt) {
    let most = min(32, rest - 1 - HelloReader.leastAfterSessionID)
    let count = try message.number(1, at: position, .sessionID) { $0 <= most }
    go(to: .cipherSuites, over: 1 + count)
  }

  private mutating func readCipherSuites(_ message: Span<UInt8>) throws(Halt) {
    let most = rest - 2 - 2
    let count = try message.number(2, at: position, .cipherSuites) { $0 >= 2 && $0 <= most && $0.isMultiple(of: 2) }
    parts.cipherSuites = position + 2..<position + 2 + count
    go(to: .compressionMethods, over: 2 + count)
  }

  private mutating func readCompressionMethods(_ message: Span<UInt8>) throws(Halt) {
    let most = rest - 1
    let count = try message.number(1, at: position, .compressionMethods) { count in
      // Nothing follows, or the length of the extensions and none of them, or at least one.
      count >= 1 && (count == most || count == most - 2 || count <= most - 2 - 4)
    }
    go(to: count == most ? .end : .extensionsLength, over: 1 + count)
  }
}

// MARK: - Extensions

extension HelloReader {
  private mutating func readExtensionsLength(_ message: Span<UInt8>) throws(Halt) {
    let all = rest - 2
    _ = try message.number(2, at: position, .extensions) { $0 == all }
    go(to: .extensions, over: 2)
    parts.extensions = position..<end
  }

  /// Of an extension that is looked into, its type and length; of another all.
  private mutating func readExtension(_ message: Span<UInt8>) throws(Halt) {
    guard rest > 0 else { return go(to: .end, over: 0) }
    let type = try message.number(2, at: position, .extensions) { _ in true }
    let most = rest - 4
    guard let known = Extension(rawValue: type) else {
      let count = try message.number(2, at: position + 2, .extensions) { HelloReader.leaves($0, of: most, least: 4) }
      return go(to: .extensions, over: 4 + count)
    }
    let count = try message.number(2, at: position + 2, known.flaw) {
      HelloReader.leaves($0, of: most, least: 4) && known.allows($0)
    }
    go(to: known.stage(count), over: 4)
    extensionEnd = position + count
  }

  /// Whether so many of so many bytes leave none, or enough for another element.
  private static func leaves(_ count: Int, of all: Int, least: Int) -> Bool { count == all || count <= all - least }

  /// The length of a list that fills its extension; returns where the list is.
  private mutating func readListLength(
    _ width: Int, _ message: Span<UInt8>, _ flaw: Flaw, then stage: Stage
  ) throws(Halt) -> Range<Int> {
    let all = extensionRest - width
    _ = try message.number(width, at: position, flaw) { $0 == all }
    go(to: stage, over: width)
    return position..<extensionEnd
  }

  /// A list of numbers that fills its extension; returns where it is.
  private mutating func readNumbers(_ width: Int, _ message: Span<UInt8>, _ flaw: Flaw) throws(Halt) -> Range<Int> {
    let list = try readListLength(width, message, flaw, then: .extensions)
    position = extensionEnd
    return list
  }

  /// RFC 6066 §3: of whatever type, a name begins with its length.
  private mutating func readServerName(_ message: Span<UInt8>) throws(Halt) {
    guard extensionRest > 0 else { return go(to: .extensions, over: 0) }
    let all = extensionRest - 3
    let count = try message.number(2, at: position + 1, .serverName) { HelloReader.leaves($0, of: all, least: 3) }
    go(to: .serverNames, over: 3 + count)
  }

  /// RFC 7301 §3.1
  private mutating func readProtocol(_ message: Span<UInt8>) throws(Halt) {
    guard extensionRest > 0 else { return go(to: .extensions, over: 0) }
    let all = extensionRest - 1
    let count = try message.number(1, at: position, .alpn) { $0 >= 1 && HelloReader.leaves($0, of: all, least: 2) }
    go(to: .protocols, over: 1 + count)
  }
}

/// The extensions that are looked into.
private enum Extension: Int {
  case serverName = 0
  case signatureAlgorithms = 13
  case alpn = 16
  case supportedVersions = 43

  /// What is read of it first; one that is empty is over.
  func stage(_ count: Int) -> HelloReader.Stage {
    switch self {
    case .serverName: count == 0 ? .extensions : .serverNameList
    case .signatureAlgorithms: .signatureAlgorithms
    case .alpn: .protocolList
    case .supportedVersions: .supportedVersions
    }
  }

  /// Whether it can be right with so many bytes. A client is not told off for an empty list of names, as RFC 6066 §3 would.
  func allows(_ count: Int) -> Bool {
    switch self {
    case .serverName: count == 0 || count == 2 || count >= 2 + 3
    case .signatureAlgorithms: count >= 4 && count.isMultiple(of: 2)
    case .alpn: count >= 4
    case .supportedVersions: (3...255).contains(count) && !count.isMultiple(of: 2)
    }
  }

  var flaw: Flaw {
    switch self {
    case .serverName: .serverName
    case .signatureAlgorithms: .signatureAlgorithms
    case .alpn: .alpn
    case .supportedVersions: .supportedVersions
    }
  }
}
