import Testing
import Wire

@testable import Engine

/// The wheel against a list that is scanned.
@Suite struct TimerWheelTests {
  private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>) func wakesEachOnceAndInTime(seed: UInt64) {
    var random = Random(state: seed)
    var now = Instant(nanoseconds: Int64.random(in: 0..<1 << 50, using: &random))
    var wheel = TimerWheel(now: now)
    var deadlines: [UInt32: Instant] = [:]
    var due: [UInt32] = []
    for _ in 0..<2000 {
      let number = UInt32.random(in: 0..<50, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0:
        wheel.clear(number)
        deadlines[number] = nil
      case 1...4:
        // From nanoseconds to a day.
        let deadline =
          now + .nanoseconds(Int64.random(in: 0..<1 << Int64.random(in: 1..<47, using: &random), using: &random))
        wheel.set(number, to: deadline)
        deadlines[number] = deadline
      default:
        guard let wait = wheel.wait(from: now) else {
          #expect(deadlines.isEmpty)
          continue
        }
        // It asks to be turned before any deadline is more than a millisecond over.
        if let first = deadlines.values.min() { #expect(now + .milliseconds(wait) <= first + .milliseconds(2)) }
        now =
          now
          + .milliseconds(Int64.random(in: 0...max(1, wait), using: &random) + (Bool.random(using: &random) ? 1 : 0))
        wheel.turn(to: now, &due)
        for number in due { #expect(deadlines.removeValue(forKey: number).map { $0 <= now } == true) }
        due.removeAll()
        // What is still there has not been over for longer than a millisecond.
        for deadline in deadlines.values { #expect(deadline + .milliseconds(1) > now) }
      }
    }
  }

  @Test func aDeadlineThatMovesAwayCostsNothingAndComesThen() {
    var now = Instant(nanoseconds: 0)
    var wheel = TimerWheel(now: now)
    var due: [UInt32] = []
    for _ in 0..<1000 {
      wheel.set(7, to: now + .milliseconds(10))
      now = now + .milliseconds(3)
      wheel.turn(to: now, &due)
      #expect(due.isEmpty)
    }
    wheel.turn(to: now + .milliseconds(10), &due)
    #expect(due == [7])
    #expect(wheel.wait(from: now) == nil)
  }
}
