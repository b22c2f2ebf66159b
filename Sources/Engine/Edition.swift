import Routing
import Sessions
import Synchronization
import TLS
import Wire

/// What all threads know of a configuration: made once when it is loaded, and never changed.
final class Plan: Sendable {
  let configuration: Configuration
  /// How usher itself speaks TLS with clients, by listener; nil where no certificate is set.
  let certificates: [ServerContext?]
  /// The clients of each listener.
  let crowds: [Crowd]
  /// How many connections each address of each server has.
  let occupancies: [[Counter]]
  /// Which addresses of each server can be connected to.
  let standings: [Standing]
  /// See `hideable(in:)`.
  let hideable: [[ServerID]]
  /// What is remembered of clients, by listener; nil where nothing is learned.
  let guestbooks: [Guestbook?]

  /// Reads the certificates; what the old plan counts goes on being counted.
  init(_ configuration: Configuration, after old: Plan?) throws(EngineError) {
    self.configuration = configuration
    crowds = configuration.listeners.map { listener in
      old?.crowd(of: listener.name) ?? Crowd()
    }
    certificates = try Plan.read(certificatesOf: configuration)
    guestbooks = configuration.listeners.map { listener in
      listener.grace.learns ? old?.guestbook(of: listener.name) ?? Guestbook() : nil
    }
    standings = configuration.servers.map { server in
      old?.standings.first { $0.isOf(server) } ?? Standing(server)
    }
    hideable = Plan.hideable(in: configuration)
    occupancies = configuration.servers.map { server in
      // An address is as busy as it is, whatever the servers are called now.
      server.addresses.map { address in old?.occupancy(of: address) ?? Counter() }
    }
  }

  private func crowd(of listener: String) -> Crowd? {
    configuration.listeners.firstIndex { $0.name == listener }.map { crowds[$0] }
  }

  /// Only one thread at a time finds that there is room: an address may be of several plans, and is counted once for all.
  private static let entering = Mutex(())

  /// Counts one more connection to an address of a server, if the server may have one.
  /// - Parameter most: how many it may have; nil counts in any case.
  func enter(_ server: ServerID, at address: Int, most: Int?) -> Bool {
    let occupancy = occupancies[server.index]
    guard let most else {
      occupancy[address].add(1)
      return true
    }
    return Plan.entering.withLock { _ in
      guard occupancy.reduce(0, { $0 + $1.value }) < most else { return false }
      occupancy[address].add(1)
      return true
    }
  }

  private func guestbook(of listener: String) -> Guestbook? {
    zip(configuration.listeners, guestbooks).first { $0.0.name == listener }?.1
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
    context.isDown = plan.isDown
  }

  /// What the servers that stayed the same promised, they promise still.
  func keepPromises(of old: Edition) {
    for (index, server) in plan.configuration.servers.enumerated() {
      guard let before = old.plan.configuration.servers.firstIndex(of: server) else { continue }
      context.promises[index] = old.context.promises[before]
    }
  }
}
