extension Array where Element == UInt8 {
  /// Adds a number in decimal digits; an interpolated string costs ten times as much.
  public mutating func append(decimal number: UInt64) {
    if number >= 10 { append(decimal: number / 10) }
    append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }
}
