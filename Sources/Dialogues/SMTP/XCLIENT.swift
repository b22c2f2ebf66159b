public import Wire

/// Who the client is, in Postfix's words (XCLIENT_README of Postfix). A server that grants it starts anew with a new greeting.
public struct XCLIENT: Sendable, Hashable {
  /// Where the client comes from.
  public let client: Endpoint
  /// Where it arrived.
  public let local: Endpoint

  public init(client: Endpoint, local: Endpoint) {
    self.client = client
    self.local = local
  }

  /// The command, with those of the attributes that the server offers; nil when it does not offer the address.
  func line(offered: Capabilities) -> [UInt8]? {
    guard let offer = offered.extensions.first(where: { $0.keyword == "XCLIENT" }) else { return nil }
    let names = Set(offer.parameters.map { $0.uppercased() })
    guard names.contains("ADDR") else { return nil }
    // The server must not go on believing the name of usher's host: it looks the address up, or says so.
    let attributes = [("NAME", "[UNAVAILABLE]")] + end(client, "ADDR", "PORT") + end(local, "DESTADDR", "DESTPORT")
    let offeredOnes = attributes.filter { names.contains($0.0) }.map { "\($0.0)=\(XCLIENT.xtext($0.1))" }
    return Array("XCLIENT \(offeredOnes.joined(separator: " "))\r\n".utf8)
  }

  private func end(_ endpoint: Endpoint, _ address: String, _ port: String) -> [(String, String)] {
    guard case .tcp(let ip, let number) = endpoint else {
      return [(address, "[UNAVAILABLE]"), (port, "[UNAVAILABLE]")]
    }
    return [(address, ip.family == .v6 ? "IPV6:\(ip)" : "\(ip)"), (port, "\(number)")]
  }

  /// The values are xtext (RFC 3461 §4): what could end or split one is written as `+` and two digits.
  static func xtext(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain = (33...126).contains(byte) && byte != UInt8(ascii: "+") && byte != UInt8(ascii: "=")
      return isPlain ? String(UnicodeScalar(byte)) : (byte < 16 ? "+0" : "+") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}
