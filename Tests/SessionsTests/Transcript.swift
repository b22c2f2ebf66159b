import Dialogues
import Foundation
import Routing
import Sessions
import Wire

// A test of a session is a transcript: what happens (`->`) and what the session does (`<-`), line by line. Running it gives
// the transcript again; where the two differ, the test fails with both.
//
//   rules wrapper                the configuration, by its name in `Doors`
//   from 203.0.113.9:40000       the client; that one when left out
//   -> client EHLO a.example     a line from an end; `\r\n` is added, unless the line ends in `\`; `\xHH` is a byte, and
//                                `{hello NAME}` a ClientHello for that name, `{hello NAME 0..40}` its first 40 bytes
//   -> connected greeter         and so for ended, failed, unreachable, secured, insecure, stopped
//   -> knows legacy SIZE 1000, DSN   what that server promised before; `down stunnel` that it cannot be had now
//   -> wait 300ms                time passes; deadlines fire
//   <- greeter EHLO a.example    what is sent to an end
//   <- relay greeter             and so for dial, hang up, secure, finish, learned
//   =  relayed by starttls …     the summary, at the end

struct Transcript {
  var header: [String] = []
  var steps: [String] = []
  let expected: String

  init(_ text: String) {
    expected = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }
      .joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    for line in expected.split(separator: "\n").map(String.init) {
      if line.hasPrefix("-> ") { steps.append(String(line.dropFirst(3))) }
      if line.hasPrefix("rules ") || line.hasPrefix("from ") { header.append(line) }
    }
  }

  func value(_ key: String) -> String? {
    header.first { $0.hasPrefix(key + " ") }.map { String($0.dropFirst(key.count + 1)) }
  }

  /// How the bytes of a step are cut.
  enum Segments: CaseIterable { case whole, bytewise }

  /// Runs it.
  func run(_ segments: Segments, changing change: (Int, [UInt8]) -> [UInt8] = { $1 }) -> Outcome {
    let client = Endpoint(value("from") ?? "203.0.113.9:40000")!
    var actor = Actor(rules: value("rules") ?? "wrapper", client: client)
    actor.happen { $0.began(at: $1, &$2) }
    for (index, step) in steps.enumerated() {
      actor.log.append("-> \(step)")
      actor.perform(step, segments) { change(index, $0) }
    }
    return Outcome(text: (header + actor.finished()).joined(separator: "\n"), sent: actor.sent, session: actor.session)
  }

  struct Outcome {
    let text: String
    /// All bytes that each end was sent.
    let sent: [Peer: [UInt8]]
    let session: Session
  }
}

private struct Actor {
  let session: Session
  let context: Context
  var now = Instant(nanoseconds: 0)
  var log: [String] = []
  var sent: [Peer: [UInt8]] = [:]
  /// What waits for an end that is being dialled; it gets it when it is there, or never.
  var ahead: [Peer: [UInt8]] = [:]
  /// What was sent and not yet written to the log: neighbours are one.
  var pending: (peer: Peer, bytes: [UInt8])?
  var isOver = false
  /// With whom, once bytes go both ways.
  var relayed: Peer?

  init(rules: String, client: Endpoint) {
    context = Context(configuration: Doors.named(rules), hostname: "usher.example")
    session = Session(
      context: context, listener: 0, client: client, local: Endpoint("192.0.2.25:25")!, accepted: now,
      grace: context.configuration.listeners[0].grace.wait(roundTrip: nil))
  }

  mutating func perform(_ step: String, _ segments: Transcript.Segments, _ change: ([UInt8]) -> [UInt8]) {
    let words = step.split(separator: " ", maxSplits: 1).map(String.init)
    switch words[0] {
    case "wait": pass(time(words[1]))
    case "connected":
      let peer = peer(words[1])
      sent[peer, default: []] += ahead.removeValue(forKey: peer) ?? []
      happen { $0.connected(peer, at: $1, &$2) }
    case "ended":
      let peer = peer(words[1])
      happen { $0.ended(peer, at: $1, &$2) }
    case "failed":
      let peer = peer(words[1])
      happen { $0.failed(peer, .broken("reset"), at: $1, &$2) }
    case "unreachable":
      let peer = peer(words[1])
      happen { $0.failed(peer, .unreachable("refused"), at: $1, &$2) }
    case "insecure": happen { $0.failed(.client, .insecure("no shared cipher"), at: $1, &$2) }
    case "secured": happen { $0.secured(at: $1, &$2) }
    case "stopped": happen { $0.stopped(at: $1, &$2) }
    case "knows": learn(words[1])
    case "down": context.isDown[server(words[1]).index] = true
    default:
      let bytes = change(unescaped(words.count > 1 ? words[1] : ""))
      for chunk in segments == .whole ? [bytes] : bytes.map({ [$0] }) { arrive(chunk, from: peer(words[0])) }
    }
  }

  /// No more is read of a client than it has room for.
  private mutating func arrive(_ bytes: [UInt8], from peer: Peer) {
    var rest = bytes[...]
    while !rest.isEmpty, !isOver, session.listensTo.contains(Peers(peer)) {
      let taken = Array(rest.prefix(peer == .client ? session.room : rest.count))
      rest = rest.dropFirst(taken.count)
      happen { $0.received(taken.span, from: peer, at: $1, &$2) }
    }
    if isOver { relay(Array(rest), from: peer) }
  }

  mutating func happen(_ event: (Session, Instant, inout [Instruction]) -> Void) {
    guard !isOver else { return }
    var instructions: [Instruction] = []
    event(session, now, &instructions)
    for instruction in instructions { note(instruction) }
    flush()
  }

  /// What the engine does when the session is over; not a line of the transcript.
  private mutating func relay(_ bytes: [UInt8], from peer: Peer) {
    guard let relayed, peer == .client || peer == relayed else { return }
    sent[peer == .client ? relayed : .client, default: []] += bytes
  }

  mutating func pass(_ duration: Duration) {
    let end = now + duration
    while !isOver, let deadline = session.deadline, deadline <= end {
      now = max(now, deadline)
      happen { $0.woke(at: $1, &$2) }
      precondition(isOver || session.deadline != deadline, "a deadline that never passes")
    }
    now = end
  }

  /// `knows legacy PIPELINING, SIZE 1000`
  private mutating func learn(_ text: String) {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    let lines = words.count > 1 ? words[1].components(separatedBy: ", ") : []
    context.promises[server(words[0]).index] = Capabilities(
      Reply(code: 250, lines: [Array("x".utf8)] + lines.map { Array($0.utf8) }))
  }

  private func server(_ name: String) -> ServerID {
    ServerID(context.configuration.servers.firstIndex { $0.name == name }!)
  }

  private mutating func note(_ instruction: Instruction) {
    if case .send(let peer, let bytes) = instruction {
      if ahead[peer] == nil { sent[peer, default: []] += bytes } else { ahead[peer]! += bytes }
      if pending?.peer == peer {
        pending!.bytes += bytes
      } else {
        flush()
        pending = (peer, bytes)
      }
      return
    }
    flush()
    switch instruction {
    case .dial(let peer, let dial):
      ahead[peer] = []
      let source = dial.source.map { " from \($0)" } ?? ""
      let preface = dial.preface.isEmpty ? "" : " with \(escaped(dial.preface))"
      log.append("<- dial \(peer) \(context.configuration[dial.server].name)\(source)\(preface)")
    case .hangUp(let peer): log.append("<- hang up \(peer)")
    case .secureClient(let read): log.append("<- secure client, \(read.count) bytes read")
    case .relay(let peer):
      log.append("<- relay \(peer)")
      isOver = true
      relayed = peer
    case .finish:
      log.append("<- finish")
      isOver = true
    case .learned(let server, let capabilities):
      context.promises[server.index] = capabilities
      let words = capabilities.extensions.map { ([$0.keyword] + $0.parameters).joined(separator: " ") }
      log.append("<- learned \(context.configuration[server].name) \(words.joined(separator: ", "))")
    case .send: break
    }
  }

  private mutating func flush() {
    guard let (peer, bytes) = pending else { return }
    pending = nil
    if let hello = Hellos.name(bytes) { return log.append("<- \(peer) \(hello)\\") }
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    guard !bytes.contains(where: { $0 >= 0x80 || $0 < 9 }), lines.last == "" else {
      return log.append("<- \(peer) \(escaped(bytes))\\")
    }
    log += lines.dropLast().map { "<- \(peer) \($0)" }
  }

  func finished() -> [String] {
    let summary = session.summary
    let server = summary.server.map { " to \(context.configuration[$0].name)" } ?? ""
    let rule = summary.rule.map { ", rule \"\(session.ruleName($0))\"\(server)" } ?? ""
    let by = summary.decidedBy.map { ", decided by \($0.rawValue) after \(summary.decidedBytes) bytes" } ?? ""
    return log + ["=  \(summary.ending?.rawValue ?? "open"), \(summary.verdict ?? "no verdict")\(by)\(rule)"]
  }

  private func peer(_ name: String) -> Peer {
    switch name {
    case "client": .client
    case "greeter": .greeter
    case "target": .target
    default: fatalError("no end is called \(name)")
    }
  }

  private func time(_ text: String) -> Duration {
    let number = Int(text.prefix { $0.isNumber })!
    return text.hasSuffix("ms") ? .milliseconds(number) : .seconds(number)
  }
}

extension Session {
  fileprivate func ruleName(_ index: Int) -> String { Doors.ruleName(self, index) }
}
