import Routing
import Sessions
import TLS
import Wire

/// What all threads know of a configuration: made once when it is loaded, and never changed.
final class Plan: Sendable {
  let configuration: Configuration
  /// The doors that are open.
  let doors: [OpenDoor]
  /// How usher itself speaks TLS with clients, by listener; nil where no certificate is set.
  let certificates: [ServerContext?]
  /// How many connections each address of each server has.
  let occupancies: [[Counter]]

  /// Opens the doors that the old plan does not have open, and reads the certificates.
  init(_ configuration: Configuration, after old: Plan?) throws(EngineError) {
    self.configuration = configuration
    var doors: [OpenDoor] = []
    for (index, listener) in configuration.listeners.enumerated() {
      for door in listener.doors {
        if let open = old?.doors.first(where: { $0.door == door }) {
          doors.append(OpenDoor(door, listener: index, socket: open.socket))
        } else {
          let socket = try ListeningSocket.open(door, listener: listener.name)
          doors.append(OpenDoor(door, listener: index, socket: socket))
        }
      }
    }
    for open in doors { open.setAcknowledging(dialogue: configuration.listeners[open.listener].dialogue) }
    self.doors = doors
    certificates = try Plan.read(certificatesOf: configuration)
    occupancies = configuration.servers.map { server in
      // An address is as busy as it is, whatever the servers are called now.
      server.addresses.map { address in old?.occupancy(of: address) ?? Counter() }
    }
  }

  private func occupancy(of address: Endpoint) -> Counter? {
    for (server, counters) in zip(configuration.servers, occupancies) {
      if let index = server.addresses.firstIndex(of: address) { return counters[index] }
    }
    return nil
  }

  private static func read(certificatesOf configuration: Configuration) throws(EngineError) -> [ServerContext?] {
    var contexts: [ServerContext?] = []
    for listener in configuration.listeners {
      do throws(TLSError) {
        let files = listener.certificates.map { ServerContext.Files(chain: $0.chain, key: $0.key) }
        contexts.append(files.isEmpty ? nil : try ServerContext(files))
      } catch {
        throw EngineError(reason: "listener \(listener.name): \(error.reason)")
      }
    }
    return contexts
  }

  /// The mail servers whose promises must be known before one of their clients says EHLO.
  var inquiredServers: [ServerID] {
    let listeners = configuration.listeners.filter { $0.dialogue != nil && $0.capabilities == .common }
    let servers = listeners.flatMap { listener in
      let facts = Facts(client: .unix(""), local: .unix(""), dialogue: true)
      return listener.rules.plaintextServers(facts)
    }
    return configuration.servers.indices.map(ServerID.init).filter(servers.contains)
  }
}

/// A plan, as one thread works by it. A connection keeps the one that it began with.
final class Edition {
  let plan: Plan
  let context: Context

  init(plan: Plan, hostname: String) {
    self.plan = plan
    context = Context(configuration: plan.configuration, hostname: hostname)
  }

  /// What the servers that stayed the same promised, they promise still.
  func keepPromises(of old: Edition) {
    for (index, server) in plan.configuration.servers.enumerated() {
      guard let before = old.plan.configuration.servers.firstIndex(of: server) else { continue }
      context.promises[index] = old.context.promises[before]
    }
  }
}
