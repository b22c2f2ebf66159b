import Routing
import Synchronization
import Wire

/// The clients that a listener has: how many in all, and of each client where that is limited.
final class Crowd: Sendable {
  private let all = Counter()
  private let isFull = Flag()
  private let guests = Mutex<[UInt128: Guest]>([:])

  private struct Guest {
    var count = 0
    /// Whether more of them were turned away, and it was said.
    var isTurnedAway = false
  }

  /// What becomes of a client that arrives.
  enum Admission {
    case admitted
    /// Turned away; what is to be told of it, when that has not been told yet.
    case refused(Notice?)
  }

  /// Lets a client in, if the listener's limits do.
  func admit(_ client: Endpoint, at listener: Listener) -> Admission {
    let count = all.add(1)
    if let most = listener.maxConnections, count > most {
      all.add(-1)
      return .refused(
        isFull.turn(true)
          ? Notice(
            level: .warning,
            message: "listener \(listener.name) has \(most) clients, as many as it may; others are turned away")
          : nil)
    }
    guard let most = listener.maxConnectionsPerClient, let key = client.guest, !enter(key, most) else {
      return .admitted
    }
    all.add(-1)
    return .refused(firstTurn(of: key) ? .tooMany(of: client, most, at: listener) : nil)
  }

  /// A client that was let in has left.
  /// - Returns: what is to be told of it.
  func leave(_ client: Endpoint, at listener: Listener) -> Notice? {
    let count = all.add(-1)
    if listener.maxConnectionsPerClient != nil, let key = client.guest { leave(key) }
    guard isFull.isOn, let most = listener.maxConnections, count < most - most / 20, isFull.turn(false) else {
      return nil
    }
    return Notice(level: .info, message: "listener \(listener.name) takes clients again: it has \(count)")
  }

  private func enter(_ key: UInt128, _ most: Int) -> Bool {
    guests.withLock { guests in
      guard guests[key, default: Guest()].count < most else { return false }
      guests[key, default: Guest()].count += 1
      return true
    }
  }

  private func firstTurn(of key: UInt128) -> Bool {
    guests.withLock { guests in
      guard guests[key]?.isTurnedAway == false else { return false }
      guests[key]?.isTurnedAway = true
      return true
    }
  }

  private func leave(_ key: UInt128) {
    guests.withLock { guests in
      guests[key]?.count -= 1
      if guests[key]?.count == 0 { guests[key] = nil }
    }
  }
}

extension Notice {
  fileprivate static func tooMany(of client: Endpoint, _ most: Int, at listener: Listener) -> Notice {
    Notice(
      level: .warning,
      message:
        "client \(client.ip.map { "\($0)" } ?? "") has \(most) connections to listener \(listener.name), as many as one "
        + "may have; more are turned away")
  }
}

extension Endpoint {
  /// Who it is, where clients are counted: an IPv4 address, or the 64 bits of IPv6 that one site has.
  fileprivate var guest: UInt128? {
    ip.map { $0.family == .v4 ? $0.value : ($0.value >> 64) << 64 }
  }
}
