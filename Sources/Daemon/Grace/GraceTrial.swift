import Routing
import Sessions
import Wire

/// A grace that could have been: what it would have cost the clients of the log, and whom it would have greeted too early.
struct GraceTrial {
  let grace: Grace
  /// TLS clients that it would have greeted.
  private(set) var misjudged = 0
  /// What the silent clients would have waited, in tenths of a millisecond.
  private(set) var waited: UInt64 = 0
  /// Silent clients of whom it was known.
  private(set) var known = 0
  private var memory: GraceMemory?

  /// As many as a listener remembers. The log is taken for young: nothing is forgotten.
  private static let clients = 65_536

  init(_ grace: Grace) {
    self.grace = grace
    if grace.learns { memory = GraceMemory(clients: Self.clients, lifetime: .seconds(1), seed: 0) }
  }

  mutating func add(_ visit: GraceVisit) {
    let habit = visit.client.flatMap { memory?.habit(of: $0, at: Self.time) }
    // The round trip does not stand in the log.
    let wait = UInt64(grace.wait(roundTrip: nil, habit: habit, isUnderLoad: false).wholeNanoseconds / 100_000)
    switch visit.beginning {
    case .tls(let span), .late(let span):
      if span > wait { misjudged += 1 }
      learn(span > wait ? .late : .tls, of: visit.client)
    case .silent:
      waited += wait
      if habit == .silent { known += 1 }
      learn(.silent, of: visit.client)
    case .plaintext: break
    }
  }

  private mutating func learn(_ habit: Grace.Habit, of client: IPAddress?) {
    if let client { memory?.learn(habit, of: client, at: Self.time) }
  }

  private static let time = Instant(nanoseconds: 0)
}
