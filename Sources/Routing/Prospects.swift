// What a client can still meet: asked before the reply to EHLO, which must promise nothing that the server at the end of
// the way cannot do. Pure functions of facts, so the promise is as narrow as what is known of this client allows.

extension RuleList {
  /// The servers that this client can still be sent to in plaintext, each once, in the order of the rules.
  public func plaintextServers(_ facts: Facts) -> [ServerID] {
    var servers: [ServerID] = []
    ask(facts.narrowed(to: .plaintext)) { index, _ in
      if case .to(let server, _) = rules[index].action, !servers.contains(server) { servers.append(server) }
      return servers.count < serverCount
    }
    return servers
  }

  /// The rules that can still win, in order, if this client says STARTTLS; none if it cannot any more.
  public func startTLSActions(_ facts: Facts) -> [Int] {
    facts.beginning.contains(.startTLS) ? reachable(facts.narrowed(to: .startTLS)) : []
  }

  /// Whether a client that says STARTTLS can still get it: from a server that takes it, or from usher itself.
  /// - Parameter servers: those of the configuration.
  public func takesStartTLS(_ facts: Facts, servers: [Server]) -> Bool {
    startTLSActions(facts).contains { index in
      guard case .to(let server, let terminatingTLS) = rules[index].action else { return false }
      return terminatingTLS || servers[server.index].tls.contains(.startTLS)
    }
  }

  /// Whether a rule can still hand this client to a server when that is its first command in plaintext; what every rule
  /// rejects or drops must not be promised.
  /// - Parameter command: its verb, upper case.
  public func takes(command: String, _ facts: Facts) -> Bool {
    var takes = false
    ask(facts.supposing(command: command)) { index, _ in
      if case .to = rules[index].action { takes = true }
      return !takes
    }
    return takes
  }
}
