import Dialogues
import Routing
import Wire

// The reply to EHLO: never a promise that the server which the client ends up with cannot keep.

extension Session {
  /// Passes the hello to the greeter, if it is the first and the greeter can take it; else answers it.
  func ask(_ hello: Hello, at now: Instant, _ instructions: inout [Instruction]) {
    // stunnel resets on HELO, and on a second EHLO.
    guard hello.asksForExtensions, let greeter, greeter.hello == nil, greeter.introduction?.state == .ready
    else { return promise(at: now, &instructions) }
    introduce(hello, to: .greeter, &instructions)
    enter(.awaitingHello, patience(for: settings.timeouts.reply), at: now)
  }

  /// The greeter has answered the hello.
  func greeterAnswered(_ reply: Reply, at now: Instant, _ instructions: inout [Instruction]) {
    // It does not want this client; others may.
    if !reply.isPositive { lose(.greeter, &instructions) }
    promise(at: now, &instructions)
  }

  /// Answers the hello, and listens on.
  func promise(at now: Instant, _ instructions: inout [Instruction]) {
    if let hello { instructions.append(.send(.client, promisingReply(to: hello).bytes)) }
    listen(at: now, &instructions)
  }

  private func promisingReply(to hello: Hello) -> Reply {
    promised = nil
    guard hello.asksForExtensions else { return Reply(helloFrom: greeterName, Capabilities([])) }
    if listener.capabilities == .greeter, let greeter, let reply = greeter.helloReply {
      promised = context.capabilities(reply, of: greeter.server)
      return reply
    }
    let promises = promises
    promised = promises
    return Reply(helloFrom: greeterName, promises)
  }

  private var greeterName: [UInt8] {
    if let reply = greeter?.helloReply { return Array(reply.firstLine) }
    let domain = greeter?.greeting?.firstLine.prefix { $0 != UInt8(ascii: " ") } ?? []
    return domain.isEmpty ? Array(context.hostname.utf8) : Array(domain)
  }

  /// What all servers that this client can still be sent to in plaintext have in common, and STARTTLS where a rule can
  /// still take it to a server that takes it.
  private var promises: Capabilities {
    var plaintext = facts
    plaintext.beginning = .plaintext
    let all = listener.rules.plaintextServers(plaintext).map(promised)
    let known = all.compactMap { $0 }
    // A server that was never asked may be able to do nothing.
    var common = known.count == all.count ? known.first ?? Capabilities([]) : Capabilities([])
    for other in known.dropFirst() { common = common.common(with: other) }
    common = common.without { Capabilities.isOfOneHop($0) || isRefusedByRules($0, plaintext) }
    if offersStartTLS { common.extensions.append(.init(keyword: "STARTTLS", parameters: [])) }
    return common
  }

  private func promised(by server: ServerID) -> Capabilities? {
    if greeter?.server == server, let reply = greeter?.helloReply { return context.capabilities(reply, of: server) }
    return context.promises[server.index]
  }

  /// A keyword that is a command as well is not promised to a client that the rules would refuse for it.
  private func isRefusedByRules(_ keyword: String, _ facts: Facts) -> Bool {
    ["AUTH", "ETRN", "VRFY", "EXPN"].contains(keyword) && !listener.rules.takes(command: keyword, facts)
  }

  private var offersStartTLS: Bool {
    guard findings.beginning.contains(.startTLS) else { return false }
    var facts = facts
    facts.beginning = .startTLS
    return listener.rules.startTLSActions(facts).contains { index in
      guard case .to(let server, let terminating) = listener.rules.rules[index].action else { return false }
      return (terminating || context.configuration[server].tls.contains(.startTLS)) && !isHidden(server)
    }
  }

  /// A downgrade is a decision, not an accident: only where the listener says so is STARTTLS hidden while it cannot be had.
  private func isHidden(_ server: ServerID) -> Bool {
    listener.startTLSWhenDown == .hide && context.isDown[server.index]
  }

  /// A server's reply to the client's EHLO is news when it is not what it said before.
  func learn(_ reply: Reply, of peer: Peer, _ instructions: inout [Instruction]) {
    guard reply.isPositive, let server = self[peer]?.server, self[peer]?.hello?.asksForExtensions == true else {
      return
    }
    let capabilities = context.capabilities(reply, of: server)
    if context.promises[server.index] != capabilities { instructions.append(.learned(server, capabilities)) }
  }
}
