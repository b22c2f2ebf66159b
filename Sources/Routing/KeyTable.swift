/// From keys to ranges of rules: open addressing in two flat arrays, never more than half full.
struct KeyTable: Sendable {
  private var keys: [UInt64]
  private var ranges: [Range<UInt32>]
  private let mask: Int

  /// What stands where no key is; a key that hashes to it takes its neighbour's place.
  private static let free: UInt64 = 0

  /// - Parameter capacity: how many keys will be inserted.
  init(capacity: Int) {
    var size = 4
    while size < 2 * capacity { size *= 2 }
    keys = Array(repeating: KeyTable.free, count: size)
    ranges = Array(repeating: 0..<0, count: size)
    mask = size - 1
  }

  /// - Parameter key: that was not inserted yet.
  mutating func insert(_ key: RuleKey, _ range: Range<UInt32>) {
    let place = place(of: key)
    (keys[place], ranges[place]) = (KeyTable.value(key), range)
  }

  /// Where the rules of that key stand; nowhere if there are none.
  func find(_ key: RuleKey) -> Range<UInt32> { ranges[place(of: key)] }

  /// Where the key is, or would be.
  private func place(of key: RuleKey) -> Int {
    let value = KeyTable.value(key)
    var place = Int(truncatingIfNeeded: value) & mask
    while keys[place] != value, keys[place] != KeyTable.free { place = (place + 1) & mask }
    return place
  }

  private static func value(_ key: RuleKey) -> UInt64 { key.hash == free ? 1 : key.hash }
}
