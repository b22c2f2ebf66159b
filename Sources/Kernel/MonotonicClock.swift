import Glibc
public import Wire

extension Instant {
  /// clock_gettime(2), CLOCK_MONOTONIC: the origin is the machine's start.
  public static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
