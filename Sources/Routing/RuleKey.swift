// What rules can be found by. A rule with `sni: mx.example.com` need not be asked of clients with another name: its test has a key,
// the fact has keys as well, and what they do not share cannot match. Keys are hashes, so two that are equal may stand for different
// things: a key finds candidates, and only the rules themselves say whether they match.

import Patterns
import Wire

/// The kinds of facts that rules are found by.
enum KeyedFact: UInt8, Sendable, CaseIterable {
  case client, local, beginning, sni, alpn, ja4, tlsVersion, protocolName, silent, early, helo, command, mailFrom
}

/// What a rule asks of one fact, as a number.
struct RuleKey: Sendable, Hashable {
  let hash: UInt64

  /// One of few values.
  init(number: Int) { hash = RuleKey.mixed(UInt64(truncatingIfNeeded: number) + 1) }

  /// A block of addresses.
  /// - Parameter address: any of the block.
  init(_ address: IPAddress, prefix: Int) {
    let bits = address.value >> UInt128(address.family.bits - prefix)
    let family: UInt64 = address.family == .v4 ? 0 : 1
    let low = RuleKey.mixed(UInt64(truncatingIfNeeded: bits) ^ UInt64(prefix) << 1 ^ family)
    hash = RuleKey.mixed(low ^ UInt64(truncatingIfNeeded: bits >> 64))
  }

  /// Text that is all there is, or only its beginning or end; case does not count.
  enum Extent: UInt64, Sendable { case whole = 1, beginning, end }

  init(_ text: TextHash, _ extent: Extent) { hash = RuleKey.mixed(text.value ^ extent.rawValue << 60) }

  /// SplitMix64's last step: spreads what differs little.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// FNV-1a over bytes in lower case.
struct TextHash: Sendable, Hashable {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func append(_ byte: UInt8) {
    let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    value = (value ^ UInt64(lower)) &* 0x100_0000_01B3
  }

  init() {}

  init(_ bytes: some Sequence<UInt8>) { for byte in bytes { append(byte) } }
}
