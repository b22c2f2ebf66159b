/// How long a silent client is waited for before it is greeted. Time is measured from accept.
///
/// `grace: 300ms` is the same wait for everyone; with `{ floor, rtt, max, learn }` it follows the client.
public struct Grace: Sendable, Hashable {
  /// What every client is given. It covers clients that compute before they speak (43 ms were seen), and is what a client
  /// that is known to stay silent waits.
  public var floor: Duration
  /// How many round trips to the client are added to the floor, beside the time after which a lost packet is sent again: 2 survive
  /// the loss of the ClientHello (it came after 427 ms at a round trip of 100, after 811 at 300, of which 11 to 27 were the
  /// client's own), 4 with room to spare. Nil does not look at the round trip.
  public var roundTrips: Int?
  /// What no client waits longer than; at least the floor.
  public var max: Duration
  /// Whether it is remembered of a client's address if it stays silent (then `floor` is enough) or was greeted too early
  /// (then it gets `max`). A client of whom nothing is remembered gets the longer wait.
  public var learns: Bool
  /// What a client of whom nothing is remembered waits at most while many are waited for; at least the floor. Nil waits as always.
  public var underLoad: Duration?

  /// What a lost packet costs beside two round trips: the timer of a lone segment (RFC 8985 §7.2) has as much on top for an
  /// acknowledgement that is delayed, and Linux, as most, delays it by up to 200 ms.
  static let retransmission = Duration.milliseconds(200)

  /// - Parameters: as the properties; `max` and `underLoad` are raised to `floor` where they are less.
  public init(
    floor: Duration, roundTrips: Int? = nil, max: Duration, learns: Bool = false, underLoad: Duration? = nil
  ) {
    self.floor = floor
    self.roundTrips = roundTrips
    self.max = Swift.max(floor, max)
    self.learns = learns
    self.underLoad = underLoad.map { Swift.max(floor, $0) }
  }

  /// The same wait for everyone.
  public static func fixed(_ wait: Duration) -> Grace { Grace(floor: wait, max: wait) }

  /// What is waited when none is written.
  public static let standard = Grace.fixed(.milliseconds(300))

  /// What a client of whom nothing is remembered waits.
  /// - Parameter roundTrip: to the client, as measured in the handshake; nil when it is not known, as after the loss of a packet.
  public func wait(roundTrip: Duration?) -> Duration {
    guard let roundTrips else { return learns ? max : floor }
    guard let roundTrip else { return max }
    return min(max, floor + Grace.retransmission + roundTrip * roundTrips)
  }

  /// How a client begins, as its earlier visits told; the greater, the longer it is waited for.
  public enum Habit: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    /// It stayed silent until it was greeted.
    case silent
    /// It began with TLS.
    case tls
    /// It was greeted too early: its ClientHello came after the greeting.
    case late

    public static func < (left: Habit, right: Habit) -> Bool { left.rawValue < right.rawValue }
  }

  /// Whether the round trip counts for a client of whom that is remembered.
  public func asksForRoundTrip(habit: Habit?) -> Bool {
    roundTrips != nil && habit != .silent && habit != .late
  }

  /// What this client waits, from accept; when in doubt, the longer wait.
  /// - Parameters:
  ///   - roundTrip: to the client, as measured in the handshake; nil when it is not known.
  ///   - habit: what is remembered of it; nil where nothing is.
  ///   - isUnderLoad: whether many are waited for.
  public func wait(roundTrip: Duration?, habit: Habit?, isUnderLoad: Bool) -> Duration {
    switch habit {
    case .silent: floor
    case .late: max
    case .tls: wait(roundTrip: roundTrip)
    case nil: min(wait(roundTrip: roundTrip), isUnderLoad ? underLoad ?? max : max)
    }
  }
}
