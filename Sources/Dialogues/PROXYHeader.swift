public import Wire

// The PROXY protocol (haproxy.org, doc/proxy-protocol.txt): who the client is, before its first byte. It is written whole,
// in one write: Postfix answers a version 1 header in two segments with 421.

/// Who the client is, where it arrived, and what its TLS said.
public struct PROXYHeader: Sendable, Hashable {
  /// Where the client comes from.
  public var source: Endpoint
  /// Where it arrived.
  public var destination: Endpoint
  /// The server name of its ClientHello, if any (PP2_TYPE_AUTHORITY).
  public var authority: String?
  /// The first protocol of its ALPN, if any (PP2_TYPE_ALPN).
  public var alpn: [UInt8]?

  public init(source: Endpoint, destination: Endpoint, authority: String?, alpn: [UInt8]?) {
    self.source = source
    self.destination = destination
    self.authority = authority
    self.alpn = alpn
  }

  /// Version 1, §2.1: a line of text. A pair of two families is told as IPv6, the IPv4 one mapped.
  public var version1: [UInt8] {
    guard case .tcp(let from, let fromPort) = source, case .tcp(let to, let toPort) = destination
    else { return Array("PROXY UNKNOWN\r\n".utf8) }
    let isV4 = from.family == .v4 && to.family == .v4
    let text = { (address: IPAddress) in isV4 || address.family == .v6 ? "\(address)" : "::ffff:\(address)" }
    return Array("PROXY \(isV4 ? "TCP4" : "TCP6") \(text(from)) \(text(to)) \(fromPort) \(toPort)\r\n".utf8)
  }

  /// Version 2, §2.2: binary, with TLVs.
  public var version2: [UInt8] {
    let (family, addresses) = familyAndAddresses
    return PROXYHeader.version2(command: 1, family: family, addresses + tlvs)
  }

  /// Version 2, command LOCAL: usher itself asks, there is no client. It works on all servers that were observed,
  /// while version 1 UNKNOWN is answered by Postfix with 421.
  public static let local: [UInt8] = version2(command: 0, family: 0, [])

  private static func version2(command: UInt8, family: UInt8, _ body: [UInt8]) -> [UInt8] {
    let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    return signature + [0x20 | command, family] + UInt16(body.count).networkOrder + body
  }

  /// §2.2: the transport byte, and the block of addresses. A pair of two families is told as IPv6, the IPv4 one mapped.
  private var familyAndAddresses: (UInt8, [UInt8]) {
    switch (source, destination) {
    case (.tcp(let from, let fromPort), .tcp(let to, let toPort)):
      let isV4 = from.family == .v4 && to.family == .v4
      let bytes = { (address: IPAddress) in isV4 || address.family == .v6 ? address.bytes : mapped(address) }
      return (isV4 ? 0x11 : 0x21, bytes(from) + bytes(to) + fromPort.networkOrder + toPort.networkOrder)
    case (.unix(let from), .unix(let to)): return (0x31, path(from) + path(to))
    default: return (0x00, [])
    }
  }

  private var tlvs: [UInt8] {
    let present: [(UInt8, [UInt8])] = [(0x01, alpn ?? []), (0x02, Array((authority ?? "").utf8))]
    return present.filter { !$0.1.isEmpty }.flatMap { [$0.0] + UInt16($0.1.count).networkOrder + $0.1 }
  }
}

/// RFC 4291 §2.5.5.2.
private func mapped(_ address: IPAddress) -> [UInt8] {
  [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + address.bytes
}

/// The 108 bytes of a `sun_path`.
private func path(_ text: String) -> [UInt8] {
  var bytes = Array(text.utf8.prefix(108))
  if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
  return bytes + [UInt8](repeating: 0, count: 108 - bytes.count)
}

extension UInt16 {
  fileprivate var networkOrder: [UInt8] { [UInt8(self >> 8), UInt8(truncatingIfNeeded: self)] }
}
