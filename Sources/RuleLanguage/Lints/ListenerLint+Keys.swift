// Keys of a listener that change nothing where they stand.

import Routing
import Wire

extension ListenerLint {
  func warnOfKeysWithoutUse() {
    guard !dialogue else { return }
    let keys = [
      draft.greeter.map { ("greeter", $0.place) }, draft.capabilities.map { ("capabilities", $0.place) },
      draft.startTLSWhenDown.map { ("starttls-when-down", $0.place) },
    ].compactMap { $0 }
    for (name, place) in keys {
      report.warning(
        .keyWithoutUse, place, "`\(name)` is about greeted clients, and this listener greets none",
        help: "add `dialogue: smtp`, or remove it")
    }
  }

  /// A limit that another one is always below.
  func warnOfLimits() {
    let all = configuration.settings.limits.connections
    if let limit = draft.maxConnections, limit.value > all {
      report.warning(
        .keyWithoutUse, limit.place, "the process takes \(all) connections, so this many never come",
        help: "`connections` is under `limits` in `settings`")
    }
    guard let limit = draft.maxConnectionsPerClient, limit.value > draft.maxConnections?.value ?? all else { return }
    report.warning(.keyWithoutUse, limit.place, "all clients together have no more than that, so one never has")
  }

  /// From an IPv6 address only an IPv6 address can be dialled.
  func warnOfAddressFamilies() {
    var seen: Set<String> = []
    for use in draft.uses where seen.insert(use.value).inserted {
      guard let server = configuration.servers.first(where: { $0.name == use.value }),
        server.clientAddress == .transparent
      else { continue }
      for door in draft.doors?.value ?? [] {
        guard case .endpoint(.tcp(let address, _)) = door.value,
          !server.addresses.contains(where: { $0.ip?.family == address.family })
        else { continue }
        let family = address.family == .v4 ? "IPv4" : "IPv6"
        report.warning(
          .addressFamily, door.place,
          "clients of \(family) cannot be shown to `\(server.name)`: it is dialled from their address, and has none of \(family)",
          help: "give the server an \(family) address too, or another `client-address`",
          notes: [(use.place, "they are sent there here")])
      }
    }
  }
}
