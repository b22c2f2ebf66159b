// Where things stand in a hello.

/// Where in a message the parts of a ClientHello stand, each without the length before it; empty where it has none.
struct HelloParts: Sendable, Hashable {
  var legacyVersion: UInt16 = 0
  var isSSLv2Format = false
  var cipherSuites = 0..<0
  var extensions = 0..<0
  /// The list in `server_name` (RFC 6066 §3).
  var serverNames = 0..<0
  /// The list in ALPN (RFC 7301 §3.1).
  var protocols = 0..<0
  var supportedVersions = 0..<0
  var signatureAlgorithms = 0..<0
}

/// What stands in a list of elements that have their lengths before them.
struct HelloList {
  private var rest: Range<Int>
  /// How many more are looked at.
  private var left: Int
  /// How much stands before the length of each, and how long that is.
  private let type: Int
  private let width: Int

  /// How many names, and how many protocols, are looked at: one and two are usual, and rules may ask for them often.
  private static let most = 32

  init(names: Range<Int>) { (rest, left, type, width) = (names, HelloList.most, 1, 2) }
  init(protocols: Range<Int>) { (rest, left, type, width) = (protocols, HelloList.most, 0, 1) }
  init(extensions: Range<Int>) { (rest, left, type, width) = (extensions, .max, 2, 2) }

  /// Where the next one stands, without what is before it.
  mutating func next(in message: Span<UInt8>) -> Range<Int>? {
    guard !rest.isEmpty, left > 0 else { return nil }
    left -= 1
    let start = rest.lowerBound + type + width
    let count = width == 1 ? Int(message[start - 1]) : Int(message.uint16(at: start - 2))
    rest = start + count..<rest.upperBound
    return start..<start + count
  }
}
