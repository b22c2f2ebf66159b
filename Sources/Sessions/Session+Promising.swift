import Dialogues
import Routing
import Wire

// The reply to EHLO: never a promise that the server which the client ends up with cannot keep.

extension Session {
  /// Passes the hello to the greeter, if it is the first and the greeter can take it; else answers it.
  func ask(_ hello: Hello, at now: Instant, _ instructions: inout [Instruction]) {
    // stunnel resets on HELO, and on a second EHLO.
    guard hello.verb != .helo, greeter?.hello == nil, greeter?.introduction?.state == .ready,
      let line = greeter?.introduction?.say(hello)
    else { return promise(hello, at: now, &instructions) }
    greeter?.hello = hello
    instructions.append(.send(.greeter, line))
    enter(.awaitingHello(hello), settings.timeouts.reply, at: now)
  }

  /// The greeter has answered the hello.
  func greeterAnswered(_ reply: Reply, _ hello: Hello, at now: Instant, _ instructions: inout [Instruction]) {
    greeter?.helloReply = reply
    guard reply.isPositive else {
      // It does not want this client; others may.
      lose(.greeter, &instructions)
      return promise(hello, at: now, &instructions)
    }
    learn(reply, of: .greeter, &instructions)
    promise(hello, at: now, &instructions)
  }

  /// Answers the hello, and listens on.
  func promise(_ hello: Hello, at now: Instant, _ instructions: inout [Instruction]) {
    instructions.append(.send(.client, promisingReply(to: hello).bytes))
    listen(at: now, &instructions)
  }

  private func promisingReply(to hello: Hello) -> Reply {
    let name = greeterName
    guard hello.verb != .helo else { return Reply(code: 250, lines: [name]) }
    if listener.capabilities == .greeter, let reply = greeter?.helloReply { return reply }
    return Reply(helloFrom: name, promises)
  }

  private var greeterName: [UInt8] {
    if let line = greeter?.helloReply?.lines.first { return line }
    let greeting = greeter?.greeting?.lines.first ?? []
    let domain = greeting.prefix { $0 != UInt8(ascii: " ") }
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
    if greeter?.server == server, let reply = greeter?.helloReply, reply.isPositive { return Capabilities(reply) }
    return context.promises[server.index]
  }

  /// A keyword that is a command as well is not promised to a client that the rules would refuse for it.
  private func isRefusedByRules(_ keyword: String, _ facts: Facts) -> Bool {
    ["AUTH", "ETRN", "VRFY", "EXPN"].contains(keyword) && !listener.rules.takes(command: keyword, facts)
  }

  var offersStartTLS: Bool {
    guard facts.beginning.contains(.startTLS) else { return false }
    var facts = self.facts
    facts.beginning = .startTLS
    return listener.rules.startTLSActions(facts).contains { index in
      guard case .to(let server, let terminating) = listener.rules.rules[index].action else { return false }
      return terminating || context.configuration[server].tls.contains(.startTLS)
    }
  }

  func learn(_ reply: Reply, of peer: Peer, _ instructions: inout [Instruction]) {
    guard let server = self[peer]?.server, reply.lines.count > 1 else { return }
    instructions.append(.learned(server, Capabilities(reply)))
  }
}
