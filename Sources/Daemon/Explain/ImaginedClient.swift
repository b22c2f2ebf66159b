public import Wire

/// A client as it is told to `usher explain`: in words, or in the bytes that it sends.
public struct ImaginedClient: Sendable, Hashable {
  /// Where it comes from.
  public var address: Endpoint
  /// Where it arrives; nil is the first door of the listener.
  public var local: Endpoint?
  /// Whether it begins with a ClientHello.
  public var beginsWithTLS = false
  /// Whether it waits to be greeted and then says STARTTLS.
  public var saysStartTLS = false
  /// What its ClientHello names.
  public var serverNames: [String] = []
  public var alpn: [String] = []
  /// The highest TLS version that it offers: `1.3`, `1.2`, `1.1` or `1.0`.
  public var tlsVersion: String?
  /// The plaintext protocol of its first bytes, as a rules file calls it.
  public var protocolName: String?
  /// Whether it waits to be greeted.
  public var isSilent = false
  /// Whether it speaks plaintext before it is greeted.
  public var isEarly = false
  /// The name that it gives in its hello.
  public var helo: String?
  /// Whether that is HELO, behind which there is no STARTTLS.
  public var saysHELO = false
  /// The verb of its first command after that.
  public var command: String?
  /// The reverse-path, when that is MAIL.
  public var mailFrom: String?
  /// What it sends: its first bytes, or (`isSilent`) its lines after the greeting.
  public var bytes: [UInt8]?

  /// - Parameter address: where it comes from.
  public init(address: Endpoint) { self.address = address }

  /// A client of nowhere: an address of documentation (RFC 5737).
  public static let stranger = Endpoint.tcp(IPAddress(v4: 0xCB00_7109), port: 40_000)
}

/// Words that do not describe one client.
public struct ContradictoryWords: Error, Sendable, Hashable {
  /// In a sentence without a full stop.
  public let reason: String
}

extension ImaginedClient {
  /// Whether it talks in a mail dialogue.
  var converses: Bool { helo != nil || command != nil || mailFrom != nil || saysStartTLS }

  /// Looks for words that exclude each other.
  func validate(hasDialogue: Bool) throws(ContradictoryWords) {
    let beginnings = [
      (beginsWithTLS || !serverNames.isEmpty || !alpn.isEmpty || tlsVersion != nil, "begins with TLS"),
      (protocolName != nil, "speaks another protocol"), (isEarly, "speaks early"), (isSilent, "stays silent"),
    ].filter(\.0).map(\.1)
    if beginnings.count > 1 {
      throw ContradictoryWords(reason: "one client either \(beginnings[0]) or \(beginnings[1])")
    }
    if bytes != nil, beginnings.contains(where: { $0 != "stays silent" }) || converses {
      throw ContradictoryWords(reason: "the bytes say what the client does: leave out the words, all but --silent")
    }
    if converses, !hasDialogue {
      throw ContradictoryWords(reason: "this listener has no dialogue: there is no EHLO and no command in it")
    }
    if converses, beginsWithTLS {
      throw ContradictoryWords(
        reason: "a client that begins with TLS is routed by its ClientHello: what it says inside TLS is not seen")
    }
    if saysStartTLS, command.map({ $0.uppercased() != "STARTTLS" }) ?? false {
      throw ContradictoryWords(reason: "the first command is either STARTTLS or \(command ?? "")")
    }
    if let verb = command?.uppercased(), ["NOOP", "RSET", "QUIT"].contains(verb) {
      throw ContradictoryWords(reason: "\(verb) decides nothing: usher answers it itself, and no rule is asked")
    }
    if saysHELO, saysStartTLS { throw ContradictoryWords(reason: "a client that says HELO is not offered STARTTLS") }
  }
}
