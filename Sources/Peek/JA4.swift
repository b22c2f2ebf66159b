// JA4, the fingerprint of a TLS client (FoxIO, technical_details/JA4.md), for TLS over TCP.

extension ClientHello {
  /// Its JA4 fingerprint: `t13d1516h2_8daaf6152771_e5627efa2ab1`. 36 characters of lower case, but for what ALPN brings.
  public var ja4: String {
    let suites = cipherSuites.filter { !GREASE.contains($0) }
    let types = extensions.filter { !GREASE.contains($0) }
    let name = extensions.contains(0) ? "d" : "i"
    let front = "t\(ja4Version)\(name)\(Self.twoDigits(suites.count))\(Self.twoDigits(types.count))\(ja4Protocol)"
    return [front, Self.digest(Self.list(suites.sorted())), Self.digest(extensionText(types))].joined(separator: "_")
  }

  private var ja4Version: String {
    switch supportedVersions.max() ?? legacyVersion {
    case 0x0304: "13"
    case 0x0303: "12"
    case 0x0302: "11"
    case 0x0301: "10"
    case 0x0300: "s3"
    case 0x0002: "s2"
    default: "00"
    }
  }

  /// The first and last character of the first protocol, or of its hexadecimal form.
  private var ja4Protocol: String {
    guard let bytes = alpn.first, let first = bytes.first, let last = bytes.last else { return "00" }
    if Self.isAlphanumeric(first), Self.isAlphanumeric(last) { return String(decoding: [first, last], as: UTF8.self) }
    return String(first >> 4, radix: 16) + String(last & 0xF, radix: 16)
  }

  /// The name and ALPN stand in the front, whoever they are for; without signature algorithms no underscore stands for them.
  private func extensionText(_ types: [UInt16]) -> String {
    let sorted = types.filter { $0 != 0 && $0 != 16 }.sorted()
    let algorithms = signatureAlgorithms.filter { !GREASE.contains($0) }
    return sorted.isEmpty ? "" : Self.list(sorted) + (algorithms.isEmpty ? "" : "_" + Self.list(algorithms))
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  private static func twoDigits(_ count: Int) -> String { count < 10 ? "0\(count)" : "\(min(count, 99))" }

  private static func list(_ values: [UInt16]) -> String {
    values.map { hex(Int($0), digits: 4) }.joined(separator: ",")
  }

  /// Of nothing, zeros.
  private static func digest(_ text: String) -> String {
    let bytes = text.isEmpty ? [UInt8](repeating: 0, count: 6) : Array(SHA256.hash(text.utf8).prefix(6))
    return bytes.map { hex(Int($0), digits: 2) }.joined()
  }

  private static func hex(_ value: Int, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
