// Warnings: a file that can be used, and yet says something that its author cannot have meant.

import Routing
import Wire

/// Warnings of a file without errors. Each extension looks for one thing.
struct Lints {
  let draft: FileDraft
  let configuration: Configuration
  let report: Report

  func run() {
    for (index, listener) in configuration.listeners.enumerated() {
      let lint = ListenerLint(
        draft: draft.listeners[index].value, listener: listener, configuration: configuration, report: report)
      lint.run()
    }
    warnOfUnusedServers()
    warnOfUnusedCertificates()
    warnOfHiddenClients()
  }

  private func warnOfUnusedServers() {
    let used = Set(draft.listeners.flatMap(\.value.uses).map(\.value))
    for server in draft.servers where !used.contains(server.name) {
      report.warning(
        .unusedServer, server.place, "no rule names the server `\(server.name)`",
        help: "name it in a rule, or remove it")
    }
  }

  private func warnOfUnusedCertificates() {
    let terminates = { (listener: ListenerDraft) in
      (listener.rules?.value ?? []).contains { $0.value.terminateTLS?.value == true }
    }
    for listener in draft.listeners where !terminates(listener.value) {
      if let own = listener.value.certificates { warnOfUnused(own.place) }
    }
    guard let shared = draft.certificates else { return }
    if !draft.listeners.contains(where: { $0.value.certificates == nil && terminates($0.value) }) {
      warnOfUnused(shared.place)
    }
  }

  private func warnOfUnused(_ certificates: Place) {
    report.warning(
      .unusedCertificates, certificates, "no rule has `terminate-tls: true`, so these are shown to nobody",
      help: "servers that take TLS themselves show their own")
  }

  /// `hidden` is the user's own word; where strangers come in, it is said again what it means.
  private func warnOfHiddenClients() {
    for (server, draft) in zip(configuration.servers, draft.servers) where server.clientAddress == .hidden {
      guard let way = draft.clientAddress, let (listener, door) = publicListener(to: server.name) else { continue }
      report.warning(
        .hiddenClient, way.place,
        "`\(server.name)` sees every client of `\(listener)` at usher's address: if it trusts that address, it relays for the "
          + "whole world", help: "`usher check --connect` asks it", notes: [(door, "strangers arrive here")])
    }
  }

  /// A mail listener, not on loopback, that can send a client to that server.
  private func publicListener(to server: String) -> (name: String, door: Place)? {
    for listener in draft.listeners.map(\.value) where listener.isMail {
      guard listener.uses.contains(where: { $0.value == server }) else { continue }
      for door in listener.doors?.value ?? [] where !door.value.isLocal {
        return (listener.name?.value ?? "", door.place)
      }
    }
    return nil
  }
}

extension Door {
  /// Whether only this machine can come in. Of a socket that the service manager hands over nothing is known.
  fileprivate var isLocal: Bool {
    switch self {
    case .endpoint(let endpoint): endpoint.isLocal
    case .inherited: false
    }
  }
}
