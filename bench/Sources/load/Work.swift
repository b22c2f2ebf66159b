// What all kinds of work have in common.

import Traffic

/// A kind of work.
protocol Work: AnyObject {
  /// Makes what has to be there before the clock starts.
  func prepare()
  func begin()
  var isDone: Bool { get }
  /// Nanoseconds until something is due that no socket reports; nil when nothing is.
  var untilNext: Int64? { get }
  var findings: Findings { get }
}

extension Work {
  func prepare() {}
  var untilNext: Int64? { nil }
}

/// What was seen.
struct Findings {
  /// Connections, messages or sessions that went as they should.
  var done = 0
  var failures = 0
  var bytes = 0
  /// In nanoseconds, one each.
  var latencies: [Int64] = []

  /// - Parameter expected: how many latencies will come, so that none of them makes the array grow.
  init(expecting expected: Int = 0) { latencies.reserveCapacity(expected) }

  mutating func succeeded(after nanoseconds: Int64) {
    done += 1
    latencies.append(nanoseconds)
  }

  func line(seconds: Double) -> String {
    let sorted = latencies.sorted()
    func microseconds(_ share: Double) -> Double { Double(sorted.quantile(share)) / 1000 }
    return """
      {"done": \(done), "failures": \(failures), "bytes": \(bytes), "seconds": \(seconds), \
      "p50": \(microseconds(0.5)), "p99": \(microseconds(0.99)), "p999": \(microseconds(0.999)), \
      "p99_moment": \(Double(latencies.momentary99) / 1000)}
      """
  }
}

extension [Int64] {
  /// Of sorted numbers; 0 when there are none.
  fileprivate func quantile(_ share: Double) -> Int64 {
    isEmpty ? 0 : self[Swift.min(count - 1, Int(Double(count) * share))]
  }

  /// The median of the p99 of each 200 in a row. A machine that stands still for 5 ms now and then is in some of them,
  /// while the p99 of all only tells how often that was.
  fileprivate var momentary99: Int64 {
    let length = 200
    let moments = stride(from: 0, through: count - length, by: length).map { self[$0..<$0 + length].sorted() }
    return moments.map { $0.quantile(0.99) }.sorted().quantile(0.5)
  }
}
