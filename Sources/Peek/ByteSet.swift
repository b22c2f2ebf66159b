// What a protocol begins with: a signature is a row of bytes, each of which may be one of a set.

/// A set of byte values.
struct ByteSet: Sendable, Hashable {
  private var low: UInt128 = 0
  private var high: UInt128 = 0

  init(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      if byte < 128 { low |= 1 << UInt128(byte) } else { high |= 1 << UInt128(byte - 128) }
    }
  }

  func contains(_ byte: UInt8) -> Bool {
    (byte < 128 ? low >> UInt128(byte) : high >> UInt128(byte - 128)) & 1 == 1
  }

  mutating func formUnion(_ other: ByteSet) {
    low |= other.low
    high |= other.high
  }

  /// Its bytes, in order.
  var members: [UInt8] {
    [(low, 0), (high, 128)].flatMap { (half, base: UInt8) in
      var (rest, members) = (half, [UInt8]())
      while rest != 0 {
        members.append(base + UInt8(rest.trailingZeroBitCount))
        rest &= rest - 1
      }
      return members
    }
  }
}

/// The first bytes of a protocol, each as the set of what it may be.
typealias Signature = [ByteSet]

extension Signature {
  /// That text, in ASCII.
  /// - Parameter ignoresCase: whether its letters may be of either case.
  init(text: String, ignoresCase: Bool = false) {
    self = text.utf8.map { byte in
      let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      return ByteSet(ignoresCase && isLetter ? [byte, byte | 0x20] : [byte])
    }
  }

  /// - Parameter bytes: in hexadecimal, between spaces: `16`; `80-BF` is one of those, `..` any.
  init(bytes: String) {
    self = bytes.split(separator: " ").map { word in
      if word == ".." { return ByteSet(0...255) }
      let ends = word.split(separator: "-").compactMap { UInt8($0, radix: 16) }
      precondition((1...2).contains(ends.count), "no byte, and no range of bytes: \(word)")
      return ByteSet(ends[0]...ends[ends.count - 1])
    }
  }
}
