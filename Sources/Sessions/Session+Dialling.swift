import Dialogues
import Routing
import Wire

// Whom a session dials, and what is said of the client there.

extension Session {
  func dial(_ peer: Peer, _ id: ServerID, at now: Instant, _ instructions: inout [Instruction]) {
    let limits = settings.limits
    let introduction =
      isMail ? Introduction(longestLine: limits.replyLine, mostLines: limits.replyLines) : nil
    self[peer] = Upstream(server: id, introduction: introduction, at: now)
    let source = clientAddress(of: id) == .transparent ? summary.client : nil
    let isSpokenTo = !isMail && !inbox.isEmpty
    instructions.append(
      .dial(peer, Dial(server: id, source: source, preface: preface(for: id), isSpokenTo: isSpokenTo)))
  }

  /// How that server learns who the client is.
  func clientAddress(of server: ServerID) -> ClientAddress { context.configuration[server].clientAddress }

  /// What is told to a server that is spoken with.
  func guest(of server: ServerID) -> Guest {
    let isTold = clientAddress(of: server) == .xclient
    return Guest(
      ownName: context.hostname, xclient: isTold ? XCLIENT(client: summary.client, local: summary.local) : nil)
  }

  private func preface(for server: ServerID) -> [UInt8] {
    switch clientAddress(of: server) {
    case .proxyV1: header.version1
    case .proxyV2: header.version2
    case .xclient, .transparent, .hidden: []
    }
  }

  private var header: PROXYHeader {
    var header = PROXYHeader(source: summary.client, destination: summary.local, authority: nil, alpn: nil)
    if case .value(let hello) = findings.hello {
      header.authority = hello.serverNames.first
      header.alpn = hello.alpn.first
    }
    return header
  }

  /// Whether the greeter's connection is as the purpose needs it.
  func canUseGreeter(as server: ServerID, for purpose: Move.Purpose, at now: Instant) -> Bool {
    guard let greeter, greeter.server == server, !greeter.hasEnded else { return false }
    let isFresh = greeter.hello == nil
    switch purpose {
    case .raw: return !greeter.isTouched && takesFirstBytes(greeter, at: now)
    case .guarded, .early, .hello, .terminate: return isFresh
    case .command: return greeter.hello == hello
    case .startTLS: return greeter.hello == hello && greeter.helloReply?.isPositive == true
    }
  }

  private func takesFirstBytes(_ greeter: Upstream, at now: Instant) -> Bool {
    // The header that was sent when the client was accepted could not say what its ClientHello says.
    if findings.beginning == .implicit, clientAddress(of: greeter.server) == .proxyV2 { return false }
    let tellsTLSBySilence = context.configuration[greeter.server].tls.contains(.implicit)
    return !tellsTLSBySilence || greeter.canStillTakeTLS(at: now)
  }
}
