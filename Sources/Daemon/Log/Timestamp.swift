import Kernel

extension WallTime {
  /// `2026-11-21T08:56:21.123Z` (RFC 3339 §5.6).
  var timestamp: [UInt8] {
    let (days, millisecondOfDay) = milliseconds.dividedFlooring(by: 86_400_000)
    let (year, month, day) = WallTime.civil(days)
    let second = millisecondOfDay / 1000
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    for (number, digits, separator) in [
      (year, 4, "-"), (month, 2, "-"), (day, 2, "T"), (second / 3600, 2, ":"), (second / 60 % 60, 2, ":"),
      (second % 60, 2, "."), (millisecondOfDay % 1000, 3, "Z"),
    ] as [(Int64, Int, Unicode.Scalar)] {
      bytes.append(number, digits: digits)
      bytes.append(UInt8(ascii: separator))
    }
    return bytes
  }

  /// The date of a day since 1970-01-01, in the Gregorian calendar: years that begin in March end with the leap day, so that
  /// months have the same lengths in all of them (the algorithm is Howard Hinnant's `civil_from_days`).
  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).dividedFlooring(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}

extension Int64 {
  fileprivate func dividedFlooring(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension Array where Element == UInt8 {
  fileprivate mutating func append(_ number: Int64, digits: Int) {
    var divisor: Int64 = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }
}
