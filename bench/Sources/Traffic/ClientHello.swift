// A ClientHello as OpenSSL 3 sends it (RFC 8446 §4.1.2), with a request in its random bytes.

/// A ClientHello of fixed length.
public enum ClientHello {
  /// In bytes; OpenSSL's own is 517 long.
  public static let length = 517

  /// - Parameter name: the server name, not longer than 200 bytes.
  public static func bytes(for request: Request, name: String) -> [UInt8] {
    var body: [UInt8] = [3, 3] + request.random
    body += vector8([UInt8](repeating: 0xa5, count: 32))  // session id
    body += vector16(ciphers.flatMap(pair))
    body += vector8([0])  // no compression
    var extensions = self.extensions(name: name)
    // RFC 7685: the rest of the length. Headers: record 5, handshake 4, extensions 2, padding 4.
    let padding = length - (5 + 4 + body.count + 2 + extensions.count + 4)
    extensions += block(21, [UInt8](repeating: 0, count: padding))
    body += vector16(extensions)
    let handshake: [UInt8] = [1, 0] + pair(UInt16(body.count)) + body
    return [22, 3, 1] + vector16(handshake)
  }

  private static let ciphers: [UInt16] = [
    0x1302, 0x1303, 0x1301, 0xc02c, 0xc030, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc02b, 0xc02f, 0x009e, 0xc024, 0xc028,
    0x006b, 0xc023, 0xc027, 0x0067, 0x00ff,
  ]

  private static func extensions(name: String) -> [UInt8] {
    let signatures: [UInt16] = [0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601]
    let groups: [UInt16] = [0x001d, 0x0017, 0x001e, 0x0019, 0x0018]
    let keyShare = pair(0x001d) + vector16([UInt8](repeating: 0x42, count: 32))
    return block(0, vector16([0] + vector16(Array(name.utf8))))
      + block(11, vector8([0, 1, 2]))
      + block(10, vector16(groups.flatMap(pair)))
      + block(35, []) + block(22, []) + block(23, [])
      + block(13, vector16(signatures.flatMap(pair)))
      + block(43, vector8(pair(0x0304) + pair(0x0303)))
      + block(45, vector8([1]))
      + block(51, vector16(keyShare))
  }

  private static func block(_ type: UInt16, _ body: [UInt8]) -> [UInt8] { pair(type) + vector16(body) }
  private static func vector8(_ body: [UInt8]) -> [UInt8] { [UInt8(body.count)] + body }
  private static func vector16(_ body: [UInt8]) -> [UInt8] { pair(UInt16(body.count)) + body }
  private static func pair(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }
}
