import Histogram

/// How long clients of one kind took to their first byte: an HDR histogram of three digits, in tenths of a millisecond.
struct GraceSpans {
  /// An hour.
  static let longest: UInt64 = 36_000_000
  /// Where the picture has its lines; what is longer is in one more.
  static let limits: [UInt64] = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]

  private var histogram = Histogram<UInt64>(highestTrackableValue: longest, numberOfSignificantValueDigits: .three)

  var count: Int { Int(histogram.totalCount) }

  mutating func add(_ span: UInt64) { histogram.record(min(span, Self.longest)) }

  /// What that part of them took at most.
  func within(percent: Double) -> UInt64 { histogram.valueAtPercentile(percent) }

  /// How many there are below each limit and not below the one before it, and beyond the last.
  var counts: [Int] {
    var counts = Array(repeating: 0, count: Self.limits.count + 1)
    for step in histogram.recordedValues() {
      let value = histogram.lowestEquivalentForValue(step.value)
      counts[Self.limits.firstIndex { value < $0 } ?? Self.limits.count] += Int(step.count)
    }
    return counts
  }
}
