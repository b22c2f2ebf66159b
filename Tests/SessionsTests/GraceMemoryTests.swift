import Routing
import Testing
import Wire

@testable import Sessions

@Suite struct GraceMemoryTests {
  private let client = IPAddress("203.0.113.9")!
  private func memory(clients: Int = 1024) -> GraceMemory {
    GraceMemory(clients: clients, lifetime: .seconds(3600), seed: 42)
  }
  private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: 100_000_000_000_000 + seconds * 1_000_000_000) }

  @Test func remembersUntilItIsOld() {
    var memory = memory()
    #expect(memory.habit(of: client, at: at(0)) == nil)
    memory.learn(.silent, of: client, at: at(0))
    #expect(memory.habit(of: client, at: at(3600)) == .silent)
    #expect(memory.habit(of: client, at: at(3601)) == nil)
    #expect(memory.habit(of: IPAddress("203.0.113.10")!, at: at(0)) == nil)
  }

  /// Whatever was seen in whatever order: the longest wait counts.
  @Test(arguments: Grace.Habit.allCases, Grace.Habit.allCases) func theLongerWaitCounts(
    one: Grace.Habit, other: Grace.Habit
  ) {
    var memory = memory()
    memory.learn(one, of: client, at: at(0))
    memory.learn(other, of: client, at: at(1))
    #expect(memory.habit(of: client, at: at(2)) == max(one, other))
  }

  @Test func aShorterWaitDoesNotKeepALongerOneAlive() {
    var memory = memory()
    memory.learn(.late, of: client, at: at(0))
    memory.learn(.silent, of: client, at: at(3000))
    #expect(memory.habit(of: client, at: at(3601)) == nil)
    memory.learn(.silent, of: client, at: at(3602))
    #expect(memory.habit(of: client, at: at(3602)) == .silent)
  }

  @Test func anIPv6ClientIsItsPrefix() {
    var memory = memory()
    memory.learn(.tls, of: IPAddress("2001:db8:1:2::9")!, at: at(0))
    #expect(memory.habit(of: IPAddress("2001:db8:1:2:ffff::1")!, at: at(0)) == .tls)
    #expect(memory.habit(of: IPAddress("2001:db8:1:3::9")!, at: at(0)) == nil)
  }

  @Test func itIsBoundedAndKeepsWhatIsWorthMore() {
    var memory = memory(clients: 4)
    memory.learn(.late, of: client, at: at(0))
    for number in 0..<1000 { memory.learn(.silent, of: IPAddress(v4: UInt32(number)), at: at(Int64(number) / 10)) }
    #expect(memory.records(at: at(100)).count == 4)
    #expect(memory.habit(of: client, at: at(100)) == .late)
    #expect(memory.habit(of: IPAddress(v4: 999), at: at(100)) == .silent)
    #expect(memory.habit(of: IPAddress(v4: 0), at: at(100)) == nil)
  }

  /// Four places for each: with as many clients as places, sets of four are too small for a fifth of them (a Poisson distribution
  /// has 80.5, 96.2 and 99.6 %).
  @Test(arguments: [(65_536, 0.79), (32_768, 0.95), (16_384, 0.99)]) func manyClientsFindTheirPlaces(
    clients: Int, share: Double
  ) {
    var memory = memory(clients: 65_536)
    for number in 0..<clients { memory.learn(.tls, of: IPAddress(v4: UInt32(number)), at: at(0)) }
    let found = (0..<clients).count { memory.habit(of: IPAddress(v4: UInt32($0)), at: at(0)) == .tls }
    #expect(Double(found) > share * Double(clients))
    #expect(MemoryLayout<GraceMemory.Entry>.stride == 16)
  }

  @Test func survivesARestartWithAnotherClock() {
    var before = memory()
    before.learn(.silent, of: client, at: at(0))
    before.learn(.late, of: IPAddress("2001:db8::1")!, at: at(1000))
    var after = GraceMemory(clients: 64, lifetime: .seconds(3600), seed: 7)
    let boot = Instant(nanoseconds: 5_000_000_000_000)
    after.restore(before.records(at: at(2000)), at: boot)
    #expect(after.habit(of: client, at: boot) == .silent)
    #expect(after.habit(of: client, at: boot + .seconds(1601)) == nil)
    #expect(after.habit(of: IPAddress("2001:db8::1")!, at: boot + .seconds(1601)) == .late)
  }
}

@Suite struct GraceTests {
  private let grace = Grace(floor: .milliseconds(100), roundTrips: 4, max: .seconds(2), learns: true)

  @Test func theWaitOfAClient() {
    #expect(grace.wait(roundTrip: .zero, habit: nil, isUnderLoad: false) == .milliseconds(300))
    #expect(grace.wait(roundTrip: .milliseconds(100), habit: nil, isUnderLoad: false) == .milliseconds(700))
    #expect(grace.wait(roundTrip: .seconds(1), habit: nil, isUnderLoad: false) == .seconds(2))
    #expect(grace.wait(roundTrip: .milliseconds(300), habit: .silent, isUnderLoad: false) == .milliseconds(100))
    #expect(grace.wait(roundTrip: .zero, habit: .late, isUnderLoad: false) == .seconds(2))
    #expect(grace.wait(roundTrip: nil, habit: nil, isUnderLoad: false) == .seconds(2))
    #expect(
      Grace.fixed(.milliseconds(300)).wait(roundTrip: .seconds(9), habit: nil, isUnderLoad: false) == .milliseconds(300)
    )
  }

  /// Only strangers are waited for less, and not less than the floor.
  @Test func theWaitUnderLoad() {
    var grace = grace
    #expect(grace.wait(roundTrip: .zero, habit: nil, isUnderLoad: true) == .milliseconds(300))
    grace.underLoad = .milliseconds(200)
    #expect(grace.wait(roundTrip: .zero, habit: nil, isUnderLoad: true) == .milliseconds(200))
    #expect(grace.wait(roundTrip: .zero, habit: nil, isUnderLoad: false) == .milliseconds(300))
    #expect(grace.wait(roundTrip: .zero, habit: .silent, isUnderLoad: true) == .milliseconds(100))
    #expect(grace.wait(roundTrip: .zero, habit: .tls, isUnderLoad: true) == .milliseconds(300))
    #expect(grace.wait(roundTrip: .zero, habit: .late, isUnderLoad: true) == .seconds(2))
    grace = Grace(floor: .milliseconds(100), max: .seconds(2), learns: true, underLoad: .zero)
    #expect(grace.wait(roundTrip: nil, habit: nil, isUnderLoad: true) == .milliseconds(100))
  }

  /// The first packet of a ClientHello was lost: when it came, at that round trip.
  @Test(arguments: [(100, 427), (300, 811)]) func aLostPacketIsSurvived(roundTrip: Int, arrival: Int) {
    #expect(grace.wait(roundTrip: .milliseconds(roundTrip), habit: nil, isUnderLoad: false) > .milliseconds(arrival))
  }
}
