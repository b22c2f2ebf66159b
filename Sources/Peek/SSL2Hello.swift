// The hello of clients that began with SSL 2 (RFC 5246 §E.2). No server of today takes SSL 2 itself, yet such a client is to be
// told so by a server that speaks TLS, not by one that waits for mail.

/// An SSLv2-format hello.
enum SSL2Hello {
  /// Two bytes of length, a type, a version, three lengths; then what they are the lengths of.
  private static let header = 11

  /// What it says, if it is whole.
  /// - Parameters:
  ///   - bytes: all that is here, the record's two bytes of length first; more may stand behind it.
  ///   - largest: the largest message, in bytes without those two.
  static func read(_ bytes: Span<UInt8>, largest: Int) throws(Halt) -> ClientHello {
    let length = Int(bytes.uint16(at: 0) & 0x7FFF)
    if length > largest { throw .tooLarge }
    let all = length - (header - 2)
    let ciphers = try bytes.number(2, at: 5, .ssl2Lengths) { $0 >= 3 && $0 <= all && $0.isMultiple(of: 3) }
    let session = try bytes.number(2, at: 7, .ssl2Lengths) { $0 <= min(32, all - ciphers) }
    _ = try bytes.number(2, at: 9, .ssl2Lengths) { $0 == all - ciphers - session }
    guard bytes.count >= 2 + length else { throw .starved }
    // A suite of TLS is one of SSL 2 with a zero before it.
    let suites = stride(from: header, to: header + ciphers, by: 3).filter { bytes[$0] == 0 }
    return ClientHello(
      legacyVersion: bytes.uint16(at: 3), supportedVersions: [], serverNames: [], alpn: [],
      cipherSuites: suites.map { bytes.uint16(at: $0 + 1) }, extensions: [], signatureAlgorithms: [],
      isSSLv2Format: true)
  }
}
