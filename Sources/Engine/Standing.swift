import Routing
import Synchronization
import Wire

/// What is known of the addresses of a server: which can be connected to. All threads share it; while nothing is wrong,
/// asking it and telling it is one load.
final class Standing: Sendable {
  /// How long an address that failed is left alone: at first, and at most.
  static var backOff: (first: Duration, most: Duration) { (.seconds(1), .seconds(30)) }

  /// What the server is now, and was not before.
  enum Change: Equatable {
    /// That one of its addresses went down, for that reason; others are left.
    case without(Endpoint, String)
    /// The last of its addresses went down, for that reason.
    case down(Endpoint, String)
    /// It was down, and that one of its addresses is there again.
    case up(Endpoint)
    /// It was up, and that one of its addresses is there again.
    case with(Endpoint)
  }

  private let server: Server
  /// Whether an address has failed since it was last there.
  private let isTroubled = Flag()
  private let down = Flag()
  private let states: Mutex<[State]>

  fileprivate struct State {
    /// In a row.
    var failures = 0
    /// In a row, of what was asked of an address that is down.
    var successes = 0
    var isDown = false
    var backOffs = 0
    var shunnedUntil = Instant(nanoseconds: .min)
  }

  init(_ server: Server) {
    self.server = server
    states = Mutex(Array(repeating: State(), count: server.addresses.count))
  }

  /// Whether all its addresses are down.
  var isDown: Bool { down.isOn }

  /// Those of its addresses that are down.
  var missing: [Endpoint] {
    guard isTroubled.isOn else { return [] }
    return states.withLock { states in zip(server.addresses, states).filter(\.1.isDown).map(\.0) }
  }

  /// Whether what is known here is true of that server as well, in a later configuration.
  func isOf(_ other: Server) -> Bool {
    server.name == other.name && server.addresses == other.addresses && server.health == other.health
  }

  /// Which of the addresses a client tries only after all others; nil for none. When the time of one is over, the client that
  /// asks is the one that tries it, and others leave it alone for as long again: few pay for what may not answer.
  func shunned(at now: Instant) -> [Bool]? {
    guard isTroubled.isOn else { return nil }
    return states.withLock { states in
      states.indices.map { index in
        if states[index].isDown, server.health.check != .none { return true }
        guard states[index].backOffs > 0, states[index].shunnedUntil <= now else { return states[index].backOffs > 0 }
        states[index].shun(from: now)
        return false
      }
    }
  }

  /// A client was connected to that address.
  func connected(to address: Int) -> Change? {
    // A greeting that is asked for tells more than a connection.
    guard isTroubled.isOn, server.health.check != .greeting else { return nil }
    return states.withLock { recover(address, &$0) }
  }

  /// A client could not be connected to that address.
  func failed(at address: Int, _ reason: String, at now: Instant) -> Change? {
    states.withLock { states in
      // Those that were under way when it failed do not make it worse.
      if states[address].shunnedUntil <= now { states[address].shun(from: now) }
      return fail(address, reason, &states)
    }
  }

  /// That address was asked.
  /// - Parameter reason: what is wrong with it, if something is.
  func checked(_ address: Int, _ reason: String?) -> Change? {
    guard reason != nil || isTroubled.isOn else { return nil }
    return states.withLock { states in
      if let reason { return fail(address, reason, &states) }
      states[address].successes += 1
      let isEnough = server.health.check == .none || states[address].successes >= server.health.upAfter
      return states[address].isDown && !isEnough ? nil : recover(address, &states)
    }
  }

  private func fail(_ address: Int, _ reason: String, _ states: inout [State]) -> Change? {
    _ = isTroubled.turn(true)
    states[address].failures += 1
    states[address].successes = 0
    guard states[address].failures >= server.health.downAfter, !states[address].isDown else { return nil }
    states[address].isDown = true
    let endpoint = server.addresses[address]
    guard states.allSatisfy(\.isDown) else { return .without(endpoint, reason) }
    _ = down.turn(true)
    return .down(endpoint, reason)
  }

  private func recover(_ address: Int, _ states: inout [State]) -> Change? {
    let wasDown = states[address].isDown
    states[address] = State()
    if states.allSatisfy({ $0.failures == 0 }) { _ = isTroubled.turn(false) }
    guard wasDown else { return nil }
    let endpoint = server.addresses[address]
    return down.turn(false) ? .up(endpoint) : .with(endpoint)
  }
}

extension Standing.State {
  /// Doubles with every time that it was tried in vain; not all threads and machines come back at the same moment.
  fileprivate mutating func shun(from now: Instant) {
    let (first, most) = Standing.backOff
    let wait = min(most, first * (1 << min(backOffs, 10)))
    backOffs += 1
    shunnedUntil = now + wait * Double.random(in: 0.75...1.25)
  }
}
