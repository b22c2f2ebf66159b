// Internet addresses, without a library: the pure targets compare, print and parse them for every connection.

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) is the IPv4 address that it means, so
/// that a dual-stack listener and a rule that says `192.0.2.0/24` speak of the same client.
public struct IPAddress: Sendable, Hashable {
  /// The two families.
  public enum Family: Sendable, Hashable {
    case v4, v6
    /// The width of an address, in bits.
    @inlinable public var bits: Int { self == .v4 ? 32 : 128 }
  }

  // As IPv6, IPv4 mapped: that says the family as well. Two words rather than one of 128 bits, whose alignment would make
  // every connection's endpoints half as large again.
  private let high: UInt64
  private let low: UInt64
  private static let mapped: UInt64 = 0xFFFF_0000_0000

  /// IPv4 or IPv6.
  public var family: Family { high == 0 && low >> 32 == 0xFFFF ? .v4 : .v6 }
  /// The address as a number; an IPv4 address fills the low 32 bits.
  public var value: UInt128 {
    family == .v4 ? UInt128(low ^ IPAddress.mapped) : UInt128(high) << 64 | UInt128(low)
  }

  /// - Parameter v4: the address as a number, `192.0.2.1` being `0xC0000201`.
  public init(v4: UInt32) {
    high = 0
    low = IPAddress.mapped | UInt64(v4)
  }

  /// - Parameter v6: the address as a number; an IPv4-mapped one becomes the IPv4 address.
  public init(v6: UInt128) {
    high = UInt64(truncatingIfNeeded: v6 >> 64)
    low = UInt64(truncatingIfNeeded: v6)
  }

  /// The address in network order: 4 or 16 bytes.
  public var bytes: [UInt8] {
    stride(from: family.bits - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt128($0)) }
  }

  /// Whether it is in 127.0.0.0/8 or ::1.
  public var isLoopback: Bool { family == .v4 ? value >> 24 == 127 : value == 1 }
  /// Whether it is 0.0.0.0 or `::`, which as a listening address mean all.
  public var isUnspecified: Bool { value == 0 }
}

extension IPAddress: LosslessStringConvertible {
  /// - Parameter text: `192.0.2.1`, `2001:db8::1` or `::ffff:192.0.2.1`; no brackets, zone, port or leading zeros.
  public init?(_ text: String) {
    if text.contains(":") {
      guard let value = IPAddress.parse(v6: text[...]) else { return nil }
      self.init(v6: value)
    } else {
      guard let value = IPAddress.parse(v4: text[...]) else { return nil }
      self.init(v4: value)
    }
  }

  private static func parse(v4 text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
        part == "0" || part.first != "0", let byte = UInt8(part)
      else { return nil }
      value = value << 8 | UInt32(byte)
    }
    return value
  }

  private static func parse(v6 text: Substring) -> UInt128? {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    switch halves.count {
    case 1:
      guard let groups = groups(halves[0]), groups.count == 8 else { return nil }
      return number(groups)
    case 2:
      guard let head = groups(halves[0]), let tail = groups(halves[1]), head.count + tail.count <= 7 else { return nil }
      return number(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    default: return nil
    }
  }

  private static func groups(_ text: Substring) -> [UInt16]? {
    if text.isEmpty { return [] }
    var groups: [UInt16] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, part.contains(".") {
        guard let v4 = parse(v4: part) else { return nil }
        groups += [UInt16(v4 >> 16), UInt16(truncatingIfNeeded: v4)]
      } else {
        guard (1...4).contains(part.utf8.count), part.first != "+", let group = UInt16(part, radix: 16)
        else { return nil }
        groups.append(group)
      }
    }
    return groups
  }

  private static func number(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

  /// The canonical text (RFC 5952 for IPv6).
  public var description: String {
    if family == .v4 {
      var text: [UInt8] = []
      append(v4To: &text)
      return String(decoding: text, as: UTF8.self)
    }
    let bytes = self.bytes
    let groups = (0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
    let zeros = IPAddress.longestZeros(groups)
    let text = { (range: Range<Int>) in groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
    return zeros.count < 2 ? text(0..<8) : "\(text(0..<zeros.lowerBound))::\(text(zeros.upperBound..<8))"
  }

  /// Four numbers and three dots; an address of IPv4 stands in each line of the log.
  func append(v4To text: inout [UInt8]) {
    for shift in [24, 16, 8, 0] as [UInt64] {
      text.append(decimal: low >> shift & 255)
      if shift > 0 { text.append(UInt8(ascii: ".")) }
    }
  }

  /// RFC 5952 §4.2.3: the longest run of zero groups, the first of equals.
  private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0..<8 {
      if groups[index] != 0 { start = index + 1 }
      if index + 1 - start > longest.count { longest = start..<index + 1 }
    }
    return longest
  }
}

/// A block of addresses: `192.0.2.0/24`.
public struct Network: Sendable, Hashable, LosslessStringConvertible {
  /// The first address, its host bits zero.
  public let base: IPAddress
  /// The number of leading bits that count, 0 to 32 or 128.
  public let prefix: Int

  /// - Parameters:
  ///   - address: any address of the block.
  ///   - prefix: 0 to the width of its family.
  public init(_ address: IPAddress, prefix: Int) {
    precondition((0...address.family.bits).contains(prefix), "prefix length of another family")
    // A smart shift by the whole width is zero, so `/0` needs no case of its own.
    let host = address.family.bits - prefix
    let value = (address.value >> host) << host
    self.base = address.family == .v4 ? IPAddress(v4: UInt32(value)) : IPAddress(v6: value)
    self.prefix = prefix
  }

  /// - Parameter text: `192.0.2.0/24`, or an address alone, which is a block of one.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else { return nil }
    guard parts.count == 2 else {
      self.init(address, prefix: address.family.bits)
      return
    }
    guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
      let prefix = Int(parts[1]), prefix <= address.family.bits
    else { return nil }
    self.init(address, prefix: prefix)
  }

  /// Whether the address is in the block.
  public func contains(_ address: IPAddress) -> Bool {
    guard address.family == base.family else { return false }
    let host = base.family.bits - prefix
    return address.value >> host == base.value >> host
  }

  /// Whether all of the other block is in this one.
  public func contains(_ other: Network) -> Bool { other.prefix >= prefix && contains(other.base) }

  /// The block as it is written in a rules file.
  public var description: String { prefix == base.family.bits ? "\(base)" : "\(base)/\(prefix)" }
}
