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
  private let ushers: [Topology: RunningUsher]

  func usher(_ topology: Topology) -> RunningUsher { ushers[topology]! }

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
    var ushers: [Topology: RunningUsher] = [:]
    for topology in Topology.allCases {
      let port = Port.free()
      let rules = Rules.mail(
        topology, listen: "\(stage.network.address):\(port)", stunnel: stunnel.address, beside: beside.address,
        introduction: introduction, certificate: certificate)
      ushers[topology] = try await stage.startUsher(rules, ports: [port])
    }
    self.ushers = ushers
    self.stage = stage
  }

  /// Built once for each kind and relay mode, and there until the last test has ended.
  static func of(_ kind: MailServer) async throws -> Town { try await Towns.shared.town(of: kind) }
}

private actor Towns {
  static let shared = Towns()
  private var towns: [String: Task<Town, any Error>] = [:]

  func town(of kind: MailServer) async throws -> Town {
    let name = "\(kind.name), \(RelayMode.current)"
    let task = towns[name] ?? Task { try await Town(of: kind) }
    towns[name] = task
    return try await task.value
  }
}
