// Time as the pure targets know it: something that is handed in. Nobody below the engine reads a clock.

/// A point in monotonic time, in nanoseconds since an origin that only its maker knows.
public struct Instant: Sendable, Hashable, Comparable {
  /// Nanoseconds since the origin.
  public var nanoseconds: Int64

  /// - Parameter nanoseconds: since an origin of the caller's choice, the same for all instants that are compared.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Earlier than.
  @inlinable public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The instant that much later; saturates rather than traps, for a user may write any duration.
  @inlinable public static func + (instant: Instant, duration: Duration) -> Instant {
    let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
    return Instant(nanoseconds: overflow ? .max : sum)
  }

  /// The time from `right` to `left`.
  @inlinable public static func - (left: Instant, right: Instant) -> Duration {
    .nanoseconds(left.nanoseconds &- right.nanoseconds)
  }
}

extension Duration {
  /// Nanoseconds, saturated: 292 years are enough for a timeout.
  @inlinable public var wholeNanoseconds: Int64 {
    Int64(clamping: attoseconds / 1_000_000_000)
  }

  /// Milliseconds with their fraction, for people.
  @inlinable public var milliseconds: Double { Double(wholeNanoseconds) / 1_000_000 }
}
