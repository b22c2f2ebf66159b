import Dialogues
import Peek
import Routing
import Wire

// What becomes known of an imagined client, moment by moment. The facts grow by the same functions as in a session.

/// A moment at which something became known.
struct Moment: Sendable, Hashable {
  /// In a word or two: the head of a column.
  var name: String
  /// In a few words: what the client did.
  var deed: String
  /// What is known from then on.
  var facts: Facts
  /// Whether the client has been greeted.
  var isGreeted: Bool
}

/// The moments of one client, in order; the first is its arrival.
struct Story {
  /// The name of the moment at which nothing happened for long enough.
  static let graceOver = "grace over"

  private(set) var moments: [Moment] = []
  private var facts: Facts
  private var isGreeted = false
  private let isMail: Bool

  /// - Parameters:
  ///   - client: its words must be valid.
  ///   - local: where it arrives.
  init(of client: ImaginedClient, at local: Endpoint, _ listener: Listener, _ limits: Settings.Limits) {
    isMail = listener.dialogue != nil
    facts = Facts(client: client.address, local: local, dialogue: isMail)
    note("accept", "arrives from \(client.address)")
    if let bytes = client.bytes {
      client.isSilent ? stayedSilent(thenSaid: bytes) : sent(bytes, listener.rules, limits)
    } else if client.beginsWithTLS || !client.serverNames.isEmpty || !client.alpn.isEmpty || client.tlsVersion != nil {
      beganWithTLS(client)
    } else if let name = client.protocolName ?? (client.isEarly ? "smtp" : nil) {
      spoke(name)
      converse(client)
    } else if client.isSilent || client.converses {
      stayedSilent(thenSaid: [])
      converse(client)
    }
  }

  private mutating func note(_ name: String, _ deed: String) {
    moments.append(Moment(name: name, deed: deed, facts: facts, isGreeted: isGreeted))
  }

  // MARK: - In words

  private mutating func beganWithTLS(_ client: ImaginedClient) {
    facts.saw(
      ClientHello(
        legacyVersion: 0x0303, supportedVersions: TLSVersions.offered(by: client.tlsVersion),
        serverNames: client.serverNames.map { $0.lowercased() }, alpn: client.alpn.map { Array($0.utf8) },
        cipherSuites: [], extensions: [], signatureAlgorithms: [], isSSLv2Format: false))
    let names = client.serverNames.isEmpty ? "no name" : client.serverNames.joined(separator: ", ")
    note("ClientHello", "begins with TLS for \(names.printable)")
  }

  private mutating func spoke(_ name: String) {
    facts.sawPlaintext(name, isMail: isMail)
    note("first bytes", "speaks \(name.printable) at once")
    facts.endGrace(silently: false)
    note(Story.graceOver, "has said nothing that settles more")
  }

  private mutating func converse(_ client: ImaginedClient) {
    guard client.converses, isMail else { return }
    isGreeted = true
    if let helo = client.helo {
      heard(helo: Array(helo.utf8), verb: client.saysHELO ? "HELO" : "EHLO")
    }
    if client.saysStartTLS || client.command?.uppercased() == "STARTTLS" { return heardStartTLS() }
    guard let verb = client.command?.uppercased() ?? client.mailFrom.map({ _ in "MAIL" }) else { return }
    heard(command: verb, mailFrom: client.mailFrom.map { Array($0.utf8) } ?? (verb == "MAIL" ? [] : nil))
  }

  // MARK: - What it does after the greeting

  private mutating func stayedSilent(thenSaid bytes: [UInt8]) {
    facts.endGrace(silently: true)
    isGreeted = isMail
    note(Story.graceOver, isMail ? "waits to be greeted" : "stays silent")
    listen(to: bytes)
  }

  private mutating func listen(to bytes: [UInt8]) {
    guard isMail else { return }
    var lines = LineBuffer(longestLine: bytes.count)
    lines.append(bytes.span)
    var reception = Reception()
    while case .line(let line) = lines.next() {
      isGreeted = true
      switch reception.hear(line) {
      case .hello(let hello): heard(helo: hello.name, verb: hello.verb.rawValue)
      // Who spoke in plaintext before it was greeted is not offered STARTTLS any more, and hears 502.
      case .startTLS where !facts.beginning.contains(.startTLS): continue
      case .startTLS: return heardStartTLS()
      case .command(let command): return heard(command: command.verb, mailFrom: command.reversePath)
      case .answered: continue
      case .farewell: return
      }
    }
  }

  private mutating func heard(helo name: [UInt8], verb: String) {
    facts.heard(hello: name, canStartTLS: verb != "HELO")
    note(verb, "says \(verb) \(String(decoding: name, as: UTF8.self).printable)")
  }

  private mutating func heardStartTLS() {
    guard facts.beginning.contains(.startTLS) else {
      ending = "It hears 502 to its STARTTLS: a client that spoke before it was greeted is not offered it."
      return
    }
    facts = facts.withStartTLS
    note("STARTTLS", "asks for TLS by STARTTLS")
  }

  private mutating func heard(command verb: String, mailFrom: [UInt8]?) {
    facts = facts.with(command: verb, mailFrom: mailFrom)
    let path = mailFrom.map { " FROM:<\(String(decoding: $0, as: UTF8.self).printable)>" } ?? ""
    note(verb, "says \(verb)\(path) in plaintext")
  }

  // MARK: - In bytes

  /// One byte after the other: a moment is where an answer changes.
  private mutating func sent(_ bytes: [UInt8], _ rules: RuleList, _ limits: Settings.Limits) {
    var sniffer = Sniffer(largestHello: limits.hello)
    for count in 1...max(1, bytes.count) where count <= bytes.count {
      let before = (rules.explain(facts), facts.beginning)
      if rules.readsFirstBytes, !facts.firstBytesAreWhole {
        facts.firstBytes = Array(bytes[..<count])
        facts.firstBytesAreWhole = count >= limits.pipelined
      }
      let sighting = sniffer.look(at: bytes.span.extracting(..<count))
      guard !look(sighting, after: count) else { return }
      if (rules.explain(facts), facts.beginning) != before { noteBytes(count) }
    }
    endBytes(bytes)
  }

  /// Takes what the sniffer sees into the facts; true when nothing more is to be looked at.
  private mutating func look(_ sighting: Sighting, after count: Int) -> Bool {
    switch sighting {
    case .undecided(let couldBeTLS):
      if couldBeTLS == .no, facts.beginning != .plaintext { facts.sawPlaintext(nil, isMail: isMail) }
    case .plaintext(let known): if facts.protocolName == .pending { facts.sawPlaintext(known.name, isMail: isMail) }
    case .unknown: if facts.protocolName == .pending { facts.sawPlaintext("unknown", isMail: isMail) }
    case .tls(let hello):
      facts.saw(hello)
      let names = hello.serverNames.isEmpty ? "no name" : hello.serverNames.joined(separator: ", ")
      note("\(count) bytes", "has sent a whole ClientHello for \(names)")
      return true
    case .brokenTLS(let flaw):
      ending = "It is refused with a TLS alert: its TLS is broken (\(flaw.rawValue))."
      return true
    case .tooLarge:
      ending = "It is refused with a TLS alert: its ClientHello is larger than settings: limits: hello."
      return true
    }
    return false
  }

  private mutating func noteBytes(_ count: Int) {
    let speaks = if case .value(let name) = facts.protocolName { "speaks \(name)" } else { "speaks no TLS" }
    note(count == 1 ? "1 byte" : "\(count) bytes", facts.beginning == .plaintext ? speaks : "has sent \(count) bytes")
  }

  private mutating func endBytes(_ bytes: [UInt8]) {
    if bytes.isEmpty { return }
    guard facts.beginning == .plaintext else {
      ending = "Incomplete TLS is not plaintext: it is waited for the rest, then refused with a TLS alert."
      return
    }
    facts.endGrace(silently: false)
    note(Story.graceOver, "has said no more")
    listen(to: bytes)
  }

  /// What becomes of it before any rule is asked again; nil when the rules decide.
  private(set) var ending: String?
}

/// As `tls-version:` has them.
private enum TLSVersions {
  static func offered(by highest: String?) -> [UInt16] {
    switch highest {
    case "1.2": [0x0303]
    case "1.1": [0x0302]
    case "1.0": [0x0301]
    default: [0x0304, 0x0303]
    }
  }
}
