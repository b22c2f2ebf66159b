public import Routing
public import Wire

/// What clients did on earlier visits, for `grace: { learn: true }`: a table of fixed size, in which the least worth keeping makes
/// room for what is new.
///
/// A client is an IPv4 address or an IPv6 prefix of 64 bits, within which hosts change their addresses as they like. Of two habits
/// of one client the one with the longer wait counts, until it was not seen for a lifetime: several hosts share an address, and a
/// TLS client that is greeted is lost, while a silent one that waits only waits.
public struct GraceMemory: Sendable {
  /// What is remembered of one client, as it can be saved and restored.
  public struct Record: Sendable, Hashable {
    /// The IPv4 address, or the first of the IPv6 prefix.
    public let client: IPAddress
    public let habit: Grace.Habit
    /// Since it was seen last.
    public let age: Duration

    public init(client: IPAddress, habit: Grace.Habit, age: Duration) {
      self.client = client
      self.habit = habit
      self.age = age
    }
  }

  struct Entry {
    var key: UInt64
    /// Seconds of the clock.
    var seen: UInt32
    var habit: Grace.Habit?

    static let empty = Entry(key: 0, seen: 0, habit: nil)
  }

  /// How many places a client can be at; the worst of them makes room.
  private static let ways = 4
  private var entries: [Entry]
  private let lifetime: UInt32
  private let seed: UInt64

  /// - Parameters:
  ///   - clients: how many are remembered at most; 16 bytes each. Rounded up to a multiple of four.
  ///   - lifetime: how long a habit counts that is not seen again.
  ///   - seed: where clients land in the table; a secret, so that nobody can choose whom to push out.
  public init(clients: Int, lifetime: Duration, seed: UInt64) {
    precondition(clients > 0, "a memory for nobody")
    let sets = (clients + GraceMemory.ways - 1) / GraceMemory.ways
    entries = Array(repeating: .empty, count: sets * GraceMemory.ways)
    self.lifetime = GraceMemory.seconds(lifetime)
    self.seed = seed
  }

  /// What is remembered of that client; nil when it is nothing.
  public func habit(of client: IPAddress, at now: Instant) -> Grace.Habit? {
    let key = GraceMemory.key(client)
    for entry in entries[places(key)] where entry.key == key && isAlive(entry, now) { return entry.habit }
    return nil
  }

  /// A visit of that client is over, and told that.
  public mutating func learn(_ habit: Grace.Habit, of client: IPAddress, at now: Instant) {
    learn(habit, GraceMemory.key(client), seen: GraceMemory.seconds(now), at: now)
  }

  private mutating func learn(_ habit: Grace.Habit, _ key: UInt64, seen: UInt32, at now: Instant) {
    let places = places(key)
    let known = places.first { entries[$0].key == key && isAlive(entries[$0], now) }
    let place = known ?? places.min { worth(entries[$0], now) < worth(entries[$1], now) } ?? places.lowerBound
    // A shorter wait does not make a longer one forgotten, nor keep it alive.
    if known != nil, let old = entries[place].habit, old > habit { return }
    entries[place] = Entry(key: key, seen: seen, habit: habit)
  }

  private func places(_ key: UInt64) -> Range<Int> {
    // SplitMix64's last steps.
    var hash = key ^ seed
    hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
    hash ^= hash >> 31
    let first = Int(hash % UInt64(entries.count / GraceMemory.ways)) * GraceMemory.ways
    return first..<first + GraceMemory.ways
  }

  private func isAlive(_ entry: Entry, _ now: Instant) -> Bool {
    entry.habit != nil && GraceMemory.seconds(now) &- entry.seen <= lifetime
  }

  /// What is lost with it: nothing, some waiting, or a client; of equals the older goes first.
  private func worth(_ entry: Entry, _ now: Instant) -> (UInt8, UInt32) {
    guard let habit = entry.habit, isAlive(entry, now) else { return (0, 0) }
    return (habit.rawValue + 1, entry.seen)
  }

  /// A client as it is remembered: the prefix of an IPv6 address, an IPv4 address as in `::ffff:0:0/96`.
  static func key(_ client: IPAddress) -> UInt64 {
    client.family == .v4 ? 0xFFFF_0000_0000 | UInt64(client.value) : UInt64(truncatingIfNeeded: client.value >> 64)
  }

  private static func client(_ key: UInt64) -> IPAddress {
    key >> 32 == 0xFFFF ? IPAddress(v4: UInt32(truncatingIfNeeded: key)) : IPAddress(v6: UInt128(key) << 64)
  }

  private static func seconds(_ duration: Duration) -> UInt32 { UInt32(clamping: duration.components.seconds) }
  private static func seconds(_ instant: Instant) -> UInt32 { UInt32(clamping: instant.nanoseconds / 1_000_000_000) }
}

extension GraceMemory {
  /// All that is remembered, to be saved.
  public func records(at now: Instant) -> [Record] {
    entries.filter { isAlive($0, now) }.map { entry in
      let age = GraceMemory.seconds(now) &- entry.seen
      return Record(client: GraceMemory.client(entry.key), habit: entry.habit ?? .silent, age: .seconds(Int64(age)))
    }
  }

  /// Remembers what was saved, the clock being another one.
  public mutating func restore(_ records: [Record], at now: Instant) {
    for record in records {
      let age = GraceMemory.seconds(record.age)
      guard age <= lifetime else { continue }
      learn(record.habit, GraceMemory.key(record.client), seen: GraceMemory.seconds(now) &- age, at: now)
    }
  }
}
