import Dialogues
import Routing
import Wire

// The command that decided is handed to its server; and so is the client, unless it was promised what that server does not have.

extension Session {
  /// The server has answered the client's hello: what was pending is said, then bytes go both ways, where that keeps the promise.
  func handOver(_ command: Command, to peer: Peer, _ reply: Reply, at now: Instant, _ instructions: inout [Instruction])
  {
    guard let server = self[peer]?.server, hello?.asksForExtensions == true else {
      instructions.append(.send(peer, command.bytes))
      return relay(with: peer, &instructions)
    }
    let offered = context.capabilities(reply, of: server)
    let promised = promised ?? Capabilities([])
    let isUnderstood = promised.isKept(by: offered) && offered.missing(for: command) == nil
    // RFC 2920 §3: what was sent ahead is fed one at a time to a server that does not offer PIPELINING (OpenSMTPD closes on it).
    guard isUnderstood, inbox.isEmpty || offered.promises("PIPELINING") else {
      return mediate(command, with: peer, promised, offered, at: now, &instructions)
    }
    instructions.append(.send(peer, command.bytes))
    relay(with: peer, &instructions)
  }

  private func mediate(
    _ command: Command, with peer: Peer, _ promised: Capabilities, _ offered: Capabilities, at now: Instant,
    _ instructions: inout [Instruction]
  ) {
    if peer == .target { leaveGreeter(&instructions) }
    let limits = settings.limits
    var mediation = Mediation(
      promised: promised, offered: offered, isMeantToLast: listener.capabilities == .greeter,
      longestLine: limits.replyLine, mostLines: limits.replyLines)
    if let rest = self[peer]?.introduction?.takeRest() { mediation.received(rest.span) }
    let first = mediation.begin(with: command)
    phase = .mediating(peer, Box(mediation))
    if let first { take(first, peer, &instructions) }
    mediate(at: now, &instructions)
  }

  /// Goes on for as long as there is something to do; then hands over, or waits.
  func mediate(at now: Instant, _ instructions: inout [Instruction]) {
    while case .mediating(let peer, let box) = phase {
      guard let step = box.value.next(&inbox) ?? box.value.next() else {
        deadline = now + settings.timeouts.idle
        if box.value.isDispensable, inbox.isEmpty { return relay(with: peer, &instructions) }
        if clientHasEnded, !box.value.waitsForServer {
          end(.mediated, &instructions)
        } else if isStopping, box.value.isBetweenCommands {
          say(.stopping(context.hostname), thenEnd: .stopped, &instructions)
        }
        return
      }
      take(step, peer, &instructions)
    }
  }

  private func take(_ step: Mediation.Step, _ peer: Peer, _ instructions: inout [Instruction]) {
    switch step {
    case .send(let bytes): instructions.append(.send(peer, bytes))
    case .answer(let reply): instructions.append(.send(.client, reply.bytes))
    case .farewell(let reply): say(reply, thenEnd: self[peer] == nil ? .serverRefused : .mediated, &instructions)
    }
  }

  /// The server of a mediated client is gone: that is the reply to what the client waits for, or has yet to finish.
  func mediatedServerIsGone(
    _ peer: Peer, _ box: Box<Mediation>, at now: Instant, _ instructions: inout [Instruction]
  ) {
    lose(peer, &instructions)
    box.value.serverIsGone(.serverLost(context.hostname))
    mediate(at: now, &instructions)
  }
}
