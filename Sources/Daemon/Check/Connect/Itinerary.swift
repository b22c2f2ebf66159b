import Kernel
import Routing
import TLS
import Wire

// Which visits a rules file calls for.

extension Configuration {
  /// All visits, in the order of the servers; each address in each way in which a rule can show a client there.
  func visits(patience: Duration) -> [Visit] {
    let ownName = settings.hostname ?? Host.name
    return servers.indices.flatMap { index in
      let server = servers[index]
      let isMail = listeners.contains { $0.dialogue != nil && $0.names(ServerID(index)) }
      return server.addresses.flatMap { address in
        ways(to: ServerID(index), isMail: isMail).map {
          Visit(server: server, address: address, way: $0, isMail: isMail, ownName: ownName, patience: patience)
        }
      }
    }
  }

  private func ways(to id: ServerID, isMail: Bool) -> [Way] {
    var ways: [Way] = []
    if self[id].tls.isEmpty || listeners.contains(where: { $0.canShowPlaintext(to: id) }) { ways.append(.plaintext) }
    if isMail, self[id].tls.contains(.startTLS) { ways.append(.startTLS) }
    if self[id].tls.contains(.implicit) { ways.append(.implicit) }
    return ways
  }

  /// Whether clients of other hosts can be shown to it.
  func isExposed(_ id: ServerID) -> Bool {
    listeners.contains { listener in
      listener.names(id)
        && listener.doors.contains { door in
          if case .endpoint(let endpoint) = door { !endpoint.isLocal } else { true }
        }
    }
  }
}

extension Listener {
  /// Whether a rule hands clients to it, or it greets them.
  func names(_ id: ServerID) -> Bool {
    greeter == id
      || rules.rules.contains { if case .to(id, _) = $0.action { true } else { false } }
  }

  /// Whether a client can end up there in plaintext: because it speaks so, or because usher has opened its TLS.
  func canShowPlaintext(to id: ServerID) -> Bool {
    rules.rules.contains { rule in
      guard case .to(id, let isTerminating) = rule.action else { return false }
      return isTerminating || rule.condition?.ofPlaintext != .no
    }
  }
}

extension Condition {
  /// What is known of it for a client of whom only that is known: that it speaks plaintext.
  fileprivate var ofPlaintext: Answer {
    switch self {
    case .test(.tls(let wanted)): Beginning.plaintext.isOne(of: wanted)
    case .test(.sni), .test(.alpn), .test(.ja4), .test(.tlsVersion): .no
    case .test: .notYet
    case .all(let parts): parts.all(\.ofPlaintext)
    case .any(let parts): parts.any(\.ofPlaintext)
    case .not(let part): !part.ofPlaintext
    }
  }
}
