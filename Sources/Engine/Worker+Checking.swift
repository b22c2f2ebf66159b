import Routing
import Sessions
import Wire

// Servers are asked whether they are there: one thread does it for all.

/// An address that is asked from time to time.
struct Check {
  let server: ServerID
  /// The index in `Server.addresses`.
  let address: Int
  let every: Duration
  /// Whether it is asked only while it is down: so that who is hidden can be seen again, since no client is sent there.
  let onlyWhileDown: Bool
  /// When it is asked next; never while it is being asked.
  var due: Instant
}

extension Plan {
  /// What is to be asked, now and then again.
  func checks(at now: Instant) -> [Check] {
    configuration.servers.indices.flatMap { index -> [Check] in
      let (server, health) = (configuration.servers[index], configuration.servers[index].health)
      let isHideable = hideable.contains { $0.contains(ServerID(index)) }
      guard health.check != .none || isHideable else { return [] }
      return server.addresses.indices.map { address in
        Check(
          server: ServerID(index), address: address, every: health.every, onlyWhileDown: health.check == .none, due: now
        )
      }
    }
  }
}

extension Worker {
  /// Asks those whose time has come.
  func beginChecks() {
    guard endsAt == nil else { return checks = [] }
    for index in checks.indices where checks[index].due <= now {
      let check = checks[index]
      if check.onlyWhileDown, !edition.plan.standings[check.server.index].isDown {
        checks[index].due = now + check.every
      } else {
        checks[index].due = .never
        begin(Inquiry(context: edition.context, server: check.server, address: check.address))
      }
    }
  }

  /// An address was asked: what was found out counts, and it is asked again after a while.
  func checked(_ address: Int, _ inquiry: Inquiry, _ asked: Edition) {
    let standing = asked.plan.standings[inquiry.server.index]
    if inquiry.isConclusive, let change = standing.checked(address, inquiry.trouble) { house.changed(standing, change) }
    guard asked === edition,
      let index = checks.firstIndex(where: { $0.server == inquiry.server && $0.address == address })
    else { return }
    // Not all machines ask at the same moment.
    checks[index].due = now + checks[index].every * Double.random(in: 0.9...1.1)
  }
}
