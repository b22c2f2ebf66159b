import Dialogues
import Kernel
import Routing
import TLS
import Wire

// `usher check --connect`: one visit to one address of one server, as a client from nowhere, in one of the ways in which clients
// are shown to it. It says who the client is as the file says, and never DATA.

/// How a client is shown to a server.
enum Way: String, Sendable, Hashable, CaseIterable {
  case plaintext
  case startTLS = "starttls"
  case implicit

  /// In a sentence.
  var words: String {
    switch self {
    case .plaintext: "in plaintext"
    case .startTLS: "after STARTTLS"
    case .implicit: "in TLS at once"
    }
  }
}

/// What a visit is to find out.
struct Visit: Sendable {
  let server: Server
  let address: Endpoint
  let way: Way
  /// Whether mail is spoken there.
  let isMail: Bool
  /// The name that usher gives.
  let ownName: String
  /// How long each answer may take.
  let patience: Duration

  /// A client of nowhere (RFC 5737), and a recipient that no server is for (RFC 2606).
  static let stranger = IPAddress(v4: 0xCB00_7109)
  static let recipient = "nobody@elsewhere.example"

  /// Goes there.
  func report(_ context: ClientContext) -> VisitReport {
    var report = VisitReport(visit: self)
    do throws(VisitFailure) {
      try go(context, &report)
    } catch {
      report.failure = error
    }
    return report
  }

  private func go(_ context: ClientContext, _ report: inout VisitReport) throws(VisitFailure) {
    let start = Instant.now
    let talk = try step(.connection) { () throws(TalkError) in
      let source = server.clientAddress == .transparent ? Visit.stranger : nil
      return try Talk(to: address, from: source, deadline: .now + patience)
    }
    report.connectedAfter = Instant.now - start
    try step(.connection) { () throws(TalkError) in try talk.send(preface) }
    if way == .implicit { report.tls = try secure(talk, context) }
    guard isMail else { return }
    try introduce(talk, context, since: start, &report)
    try probe(talk, &report)
    _ = try? talk.ask("QUIT")
  }

  /// The PROXY header, where the server learns the client's address so.
  private var preface: [UInt8] {
    let header = PROXYHeader(
      source: .tcp(Visit.stranger, port: 40_000), destination: address, authority: nil, alpn: nil)
    return switch server.clientAddress {
    case .proxyV1: header.version1
    case .proxyV2: header.version2
    case .xclient, .transparent, .hidden: []
    }
  }

  private func secure(_ talk: Talk, _ context: ClientContext) throws(VisitFailure) -> ClientSession.Server? {
    talk.deadline = .now + patience
    return try step(.tls) { () throws(TalkError) in try talk.secure(context, asking: nil) }
  }

  // MARK: - Mail

  private func introduce(
    _ talk: Talk, _ context: ClientContext, since start: Instant, _ report: inout VisitReport
  ) throws(VisitFailure) {
    var introduction = Introduction(longestLine: 4096, mostLines: 256)
    guard case .greeted(let greeting) = try hear(talk, &introduction, .greeting) else { return }
    report.greeting = greeting
    report.greetedAfter = Instant.now - start
    guard let hello = Hello(Command(Array("EHLO \(ownName)".utf8))) else { return }
    try say(introduction.say(hello), talk)
    guard case .answered(let reply) = try hear(talk, &introduction, .hello) else { return }
    report.helloReply = reply
    guard reply.isPositive else { throw VisitFailure(step: .hello, reason: "it answered \(reply.text)") }
    report.capabilities = Capabilities(reply)
    guard way == .startTLS else { return }
    report.capabilitiesBeforeTLS = report.capabilities
    try say(introduction.sayStartTLS(), talk)
    _ = try hear(talk, &introduction, .startTLS)
    report.tls = try secure(talk, context)
    let second = try step(.hello) { () throws(TalkError) in try talk.ask("EHLO \(ownName)") }
    report.helloReply = second
    report.capabilities = Capabilities(second)
  }

  private func say(_ bytes: [UInt8]?, _ talk: Talk) throws(VisitFailure) {
    guard let bytes else { throw VisitFailure(step: .hello, reason: "it spoke unasked") }
    try step(.hello) { () throws(TalkError) in try talk.send(bytes) }
  }

  /// Waits for what the introduction makes of the server's words; says what it wants to be said meanwhile.
  private func hear(
    _ talk: Talk, _ introduction: inout Introduction, _ what: VisitFailure.Step
  ) throws(VisitFailure) -> Progress {
    let xclient = XCLIENT(client: .tcp(Visit.stranger, port: 40_000), local: address)
    let guest = Guest(ownName: ownName, xclient: server.clientAddress == .xclient ? xclient : nil)
    talk.deadline = .now + patience
    while true {
      switch introduction.next(for: guest) {
      case .say(let bytes): try say(bytes, talk)
      case .refused(let refusal): throw VisitFailure(step: what, reason: refusal.words, refusal: refusal)
      case .spokeUnasked: throw VisitFailure(step: what, reason: "it spoke unasked")
      case let progress?: return progress
      case nil:
        let bytes = try step(what) { () throws(TalkError) in try talk.receive() }
        if bytes.isEmpty { throw VisitFailure(step: what, reason: "\(TalkError.ended)", hasClosed: true) }
        introduction.received(bytes.span)
      }
    }
  }

  /// Would it take a letter of a stranger for another stranger? Asked with MAIL and RCPT, and taken back.
  private func probe(_ talk: Talk, _ report: inout VisitReport) throws(VisitFailure) {
    talk.deadline = .now + patience
    do throws(TalkError) {
      let sender = try talk.ask("MAIL FROM:<>")
      guard sender.isPositive else { return report.relay = .unknown(sender.text) }
      let recipient = try talk.ask("RCPT TO:<\(Visit.recipient)>")
      report.relay = recipient.isPositive ? .takes(recipient.text) : .refuses(recipient.text)
      _ = try talk.ask("RSET")
    } catch {
      report.relay = .unknown("\(error)")
    }
  }

  private func step<Result>(
    _ step: VisitFailure.Step, _ body: () throws(TalkError) -> Result
  ) throws(VisitFailure) -> Result {
    do throws(TalkError) {
      return try body()
    } catch {
      throw VisitFailure(step: step, reason: "\(error)", isTimeout: error == .timeout, hasClosed: error == .ended)
    }
  }
}

extension Reply {
  /// Its code and its first line, for people.
  var text: String { "\(code) \(String(decoding: firstLine, as: UTF8.self).printable)" }
}

extension Refusal {
  fileprivate var words: String {
    switch self {
    case .reply(let reply, .greeting): "its greeting is \(reply.text)"
    case .reply(let reply, let question): "to \(question.rawValue) it answered \(reply.text)"
    case .malformed(let question): "what it answered to \(question.rawValue) is no reply of a mail server"
    case .chatter(let question): "it said more behind its reply to \(question.rawValue) than it was asked"
    case .noXCLIENT: "it does not offer XCLIENT to usher"
    case .noSTARTTLS: "it does not offer STARTTLS"
    }
  }
}
