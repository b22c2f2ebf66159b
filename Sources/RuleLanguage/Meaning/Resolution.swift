// A draft → what it means: names are looked up, what is left out gets its default.

import Routing

struct Resolution {
  let draft: FileDraft
  let report: Report
  private let servers: [String: ServerID]

  init(_ draft: FileDraft, _ report: Report) {
    self.draft = draft
    self.report = report
    servers = Dictionary(uniqueKeysWithValues: draft.servers.enumerated().map { ($1.name, ServerID($0)) })
  }

  func configuration() -> Configuration {
    Configuration(
      listeners: draft.listeners.map { listener($0.value) }, servers: draft.servers.map(server),
      settings: draft.settings)
  }

  private func server(_ draft: ServerDraft) -> Server {
    var server = Server(
      name: draft.name, addresses: draft.endpoints.map(\.value), balance: draft.balance?.value ?? .inOrder,
      tls: TLSTaking(draft.tls.map(\.value)), clientAddress: draft.clientAddress?.value ?? .hidden)
    server.maxConnections = draft.maxConnections
    server.health = draft.health
    return server
  }

  private func listener(_ draft: ListenerDraft) -> Listener {
    let rules = (draft.rules?.value ?? []).compactMap { rule($0.value) }
    let named = draft.greeter.flatMap { find($0) }
    let last = rules.last { $0.server != nil }?.server
    var listener = Listener(
      name: draft.name?.value ?? "", doors: (draft.doors?.value ?? []).map(\.value), dialogue: draft.dialogue?.value,
      grace: draft.grace?.value ?? .standard, greeter: draft.isMail ? named ?? last : nil,
      capabilities: draft.capabilities?.value ?? .common, rules: RuleList(rules),
      certificates: (draft.certificates ?? self.draft.certificates)?.value.map(\.value) ?? [])
    listener.startTLSWhenDown = draft.startTLSWhenDown?.value ?? .tempfail
    listener.maxConnections = draft.maxConnections?.value
    listener.maxConnectionsPerClient = draft.maxConnectionsPerClient?.value
    return listener
  }

  private func rule(_ draft: RuleDraft) -> Rule? {
    guard let action = action(draft) else { return nil }
    return Rule(name: draft.name?.value ?? "", condition: draft.when?.value.condition, action: action)
  }

  private func action(_ draft: RuleDraft) -> Action? {
    if let to = draft.to {
      return find(to).map { .to($0, terminatingTLS: draft.terminateTLS?.value ?? false) }
    }
    if let text = draft.reject { return .reject(text.value, tarpit: draft.tarpit?.value) }
    return draft.drop == nil ? nil : .drop
  }

  private func find(_ name: Located<String>) -> ServerID? {
    if let id = servers[name.value] { return id }
    let names = draft.servers.map(\.name)
    report.error(
      .unknownName, name.place, "no server is called `\(name.value)`",
      help: names.suggestion(for: name.value)
        ?? (names.isEmpty
          ? "the file has no servers" : "its servers are \(enumeration(names.prefix(12).map { "`\($0)`" }))"))
    return nil
  }
}

extension Rule {
  /// Where it sends clients to.
  var server: ServerID? {
    if case .to(let server, _) = action { server } else { nil }
  }
}

extension TLSTaking {
  init(_ parts: [TLSTaking]) { self = parts.reduce(into: []) { $0.formUnion($1) } }
}
