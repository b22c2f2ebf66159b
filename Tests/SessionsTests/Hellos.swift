/// ClientHellos as transcripts write them: `{hello www.example}` is a whole one for that name, `{hello www.example 0..40}` some
/// of its bytes.
enum Hellos {
  /// A record with a hello of TLS 1.2 that has one cipher suite and `server_name`, RFC 8446 §4.1.2 and RFC 6066 §3.
  static func bytes(_ name: String) -> [UInt8] {
    let host = [0] + prefixed(Array(name.utf8))
    let names: [UInt8] = [0, 0] + prefixed(prefixed(host))
    let random = [UInt8](repeating: 0x55, count: 32)
    let body: [UInt8] = [3, 3] + random + [0] + [0, 2, 0x13, 1] + [1, 0] + prefixed(names)
    let handshake: [UInt8] = [1, 0] + prefixed(body)
    return [0x16, 3, 1] + prefixed(handshake)
  }

  /// Behind its length in 16 bits.
  private static func prefixed(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
  }

  /// The text with its hellos written out as `\xHH`.
  static func expanded(_ text: String) -> String {
    var text = text
    while let match = text.firstMatch(of: /\{hello ([^ }]+)(?: (\d+)\.\.(\d*))?\}/) {
      let bytes = bytes(String(match.1))
      let lower = match.2.flatMap { Int($0) } ?? 0
      let upper = match.3.flatMap { Int($0) } ?? bytes.count
      let hex = bytes[lower..<upper].map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      text.replaceSubrange(match.range, with: hex)
    }
    return text
  }

  /// How a transcript writes those bytes, if they are a whole hello.
  static func name(_ bytes: [UInt8]) -> String? {
    guard bytes.first == 0x16, bytes.count > 61 else { return nil }
    let name = String(decoding: bytes[61...], as: UTF8.self)
    return self.bytes(name) == bytes ? "{hello \(name)}" : nil
  }
}
