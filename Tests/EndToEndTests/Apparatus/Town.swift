import Foundation
import Testing

// The three ways to put usher before mail servers, with everything that belongs to them.

/// How usher is put to work: one of the files of rules/.
enum Topology: String, Sendable, CaseIterable, CustomTestStringConvertible {
  /// stunnel greets; who does not say STARTTLS is moved to the server beside it.
  case wrapper
  /// The server beside stunnel greets; who says STARTTLS is moved to stunnel.
  case mirror
  /// No stunnel: usher itself ends TLS.
  case terminate
  var testDescription: String { rawValue }
}

/// A mail server of one kind behind stunnel, another beside it, and an usher for each topology. Clients are in a network of
/// their own.
struct Town: Sendable {
  let stage: Stage
  /// Behind stunnel, which tells it nobody's address.
  let behind: RunningMailServer
  /// Reached by usher, which tells it the client's address.
  let beside: RunningMailServer
  let stunnel: RunningStunnel
  private let ushers: [RelayMode: [Topology: RunningUsher]]

  /// The one of this run of a scenario.
  func usher(_ topology: Topology) -> RunningUsher { ushers[.current]![topology]! }

  /// Where it takes such a client. Whoever waits for the greeting in any case is not made to wait long.
  func port(_ topology: Topology, _ way: Way) -> Int { usher(topology).ports[way == .implicit ? 0 : 1] }

  /// Where a client ends up, and whom that server should take it for.
  func destination(_ topology: Topology, _ way: Way) -> (server: RunningMailServer, client: String) {
    way == .plain || topology == .terminate
      ? (beside, stage.clientNetwork.address) : (behind, stage.network.address)
  }

  init(of kind: MailServer) async throws {
    let stage = try await Stage(separate: true)
    let introduction = [.proxyV2, .xclient].first { kind.introductions.contains($0) } ?? .transparent
    async let startBehind = stage.start(kind)
    async let startBeside = stage.start(kind, introduction: introduction)
    (behind, beside) = try await (startBehind, startBeside)
    if introduction == .transparent { try await stage.network.bringsAnswersBack(from: beside.port, stage.folder) }
    stunnel = try await stage.startStunnel(before: behind.address)
    let certificate = try await Certificate.shared.value
    var ushers: [RelayMode: [Topology: RunningUsher]] = [:]
    for (mode, topology) in RelayMode.every.flatMap({ mode in Topology.allCases.map { (mode, $0) } }) {
      let ports = [Port.free(), Port.free()]
      let addresses = ports.map { "\(stage.network.address):\($0)" }
      let rules = Rules.mail(
        topology, listen: addresses[0], stunnel: stunnel.address, beside: beside.address,
        introduction: introduction, certificate: certificate,
        // There are many clients at once, and the slow ones of TLS are not to be greeted, nor the slow servers given up.
        grace: "5s", silent: addresses[1], settings: "settings: { timeouts: { greeter: 60s } }")
      ushers[mode, default: [:]][topology] = try await RelayMode.$current.withValue(mode) {
        try await stage.startUsher(rules, ports: ports)
      }
    }
    self.ushers = ushers
    self.stage = stage
  }

  /// Built once for each kind, and there until the last test has ended.
  /// - Parameter server: its name.
  static func of(_ server: String) async throws -> Town {
    try await towns.value(server) { try await Town(of: MailServer.all.first { $0.name == server }!) }
  }
  private static let towns = Once<String, Town>()

  /// Where a client goes without usher: in plaintext to a server as it stands behind stunnel, with TLS to stunnel.
  func direct(_ way: Way) -> Int {
    switch way {
    case .plain: behind.port
    case .startTLS: stunnel.port
    case .implicit: stunnel.implicitPort
    }
  }
}
