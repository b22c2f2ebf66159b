import Glibc

/// The time of day.
public struct WallTime: Sendable, Hashable {
  /// Milliseconds since 1970 in UTC.
  public let milliseconds: Int64

  /// - Parameter milliseconds: since 1970 in UTC.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Now.
  public static var now: WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

/// Does nothing for that long.
public func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }
