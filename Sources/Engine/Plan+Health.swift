import Routing
import Wire

// What follows from the standing of servers.

extension Plan {
  /// The servers that can take STARTTLS at each listener which hides it while none of them is there.
  static func hideable(in configuration: Configuration) -> [[ServerID]] {
    configuration.listeners.map { listener in
      guard listener.dialogue != nil, listener.startTLSWhenDown == .hide else { return [] }
      let anyone = Facts(client: .unix(""), local: .unix(""), dialogue: true)
      return listener.rules.startTLSActions(anyone).compactMap { index in
        guard case .to(let server, let terminating) = listener.rules.rules[index].action else { return nil }
        return terminating || configuration[server].tls.contains(.startTLS) ? server : nil
      }
    }
  }

  /// Whether a server is down, by `ServerID.index`.
  var isDown: [Bool] { standings.map(\.isDown) }

  /// A sentence for each server that is down, or has addresses that are.
  var troubles: [String] {
    zip(configuration.servers, standings).compactMap { server, standing in
      let missing = standing.missing.map(\.description).joined(separator: ", ")
      if standing.isDown { return "server \(server.name) is down: \(missing)" }
      return missing.isEmpty ? nil : "server \(server.name) does without \(missing)"
    }
  }

  /// What is to be told when the standing of a server has changed.
  func notices(of change: Standing.Change, in server: Int) -> [Notice] {
    let name = configuration.servers[server].name
    let listeners = configuration.listeners.indices.filter { listener in
      let servers = hideable[listener].map(\.index)
      return servers.contains(server) && servers.allSatisfy { $0 == server || standings[$0].isDown }
    }.map { configuration.listeners[$0].name }
    switch change {
    case .without(let address, let reason):
      return [Notice(level: .warning, message: "server \(name) does without \(address): \(reason)")]
    case .with(let address):
      return [Notice(level: .info, message: "server \(name) has \(address) again")]
    case .down(let address, let reason):
      return [Notice(level: .warning, message: "server \(name) is down: \(address): \(reason)")]
        + listeners.map { listener in
          Notice(
            level: .warning,
            message:
              "listener \(listener) does not offer STARTTLS while server \(name) is down: its mail goes in plaintext")
        }
    case .up(let address):
      return [Notice(level: .info, message: "server \(name) is up again: \(address) answers")]
        + listeners.map { Notice(level: .info, message: "listener \($0) offers STARTTLS again") }
    }
  }
}
