public import Wire

// What a rules file says, after it was read and found right. Everything here is a value: a reload makes a new one, and
// the connections of the old one keep theirs.

/// A whole rules file.
public struct Configuration: Sendable {
  /// Where clients arrive; at least one.
  public var listeners: [Listener]
  /// Where they are shown to; `ServerID` is the index.
  public var servers: [Server]
  /// What is set once.
  public var settings: Settings

  /// - Parameters: as the properties.
  public init(listeners: [Listener], servers: [Server], settings: Settings) {
    self.listeners = listeners
    self.servers = servers
    self.settings = settings
  }

  /// The server of that number.
  public subscript(id: ServerID) -> Server { _read { yield servers[id.index] } }
}

/// The number of a server in its configuration.
public struct ServerID: Sendable, Hashable {
  private let number: Int32
  /// The index in `Configuration.servers`.
  public var index: Int { Int(number) }

  /// - Parameter index: in `Configuration.servers`.
  public init(_ index: Int) { number = Int32(index) }
}

/// How a server takes TLS.
public struct TLSTaking: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// From the first byte; its greeting comes inside TLS.
  public static let implicit = TLSTaking(rawValue: 1)
  /// After STARTTLS; no greeting comes after the switch.
  public static let startTLS = TLSTaking(rawValue: 2)
}

/// How a server learns who the client is.
public enum ClientAddress: String, Sendable, Hashable, CaseIterable {
  /// PROXY protocol version 1, a line of text.
  case proxyV1 = "proxy-v1"
  /// PROXY protocol version 2, binary, with TLVs for SNI and ALPN.
  case proxyV2 = "proxy-v2"
  /// The SMTP extension XCLIENT, where the server grants it.
  case xclient
  /// usher dials from the client's own address (`IP_TRANSPARENT`).
  case transparent
  /// The server sees usher's address.
  case hidden
}

/// Which of its addresses a server is dialled at.
public enum Balance: String, Sendable, Hashable, CaseIterable {
  /// The first that answers.
  case inOrder = "in-order"
  /// The one with the fewest connections, then in order.
  case leastConnections = "least-connections"
}

/// Where clients are shown to.
public struct Server: Sendable, Hashable {
  public var name: String
  /// At least one.
  public var addresses: [Endpoint]
  public var balance: Balance
  public var tls: TLSTaking
  public var clientAddress: ClientAddress
  /// Connections to it at once, all addresses together; nil is no limit. One more is answered as if the server were down.
  public var maxConnections: Int?
  /// How its addresses are found up or down.
  public var health = Health()

  public init(name: String, addresses: [Endpoint], balance: Balance, tls: TLSTaking, clientAddress: ClientAddress) {
    self.name = name
    self.addresses = addresses
    self.balance = balance
    self.tls = tls
    self.clientAddress = clientAddress
  }
}

/// A door: what is listened on.
public enum Door: Sendable, Hashable {
  /// An address to bind.
  case endpoint(Endpoint)
  /// A socket that the service manager hands over, by its name (`LISTEN_FDNAMES`).
  case inherited(String)
}

/// The conversation with a client that stays silent.
public enum DialogueName: String, Sendable, Hashable, CaseIterable {
  /// SMTP (RFC 5321), and LMTP by its LHLO.
  case smtp
}

/// What the EHLO reply promises.
public enum CapabilityPolicy: String, Sendable, Hashable, CaseIterable {
  /// What all servers that a plaintext client can still be sent to have in common.
  case common
  /// The greeter's reply as it is.
  case greeter
}

/// A certificate chain and its key, in PEM.
public struct CertificateFiles: Sendable, Hashable {
  public var chain: String
  public var key: String

  public init(chain: String, key: String) {
    self.chain = chain
    self.key = key
  }
}

/// Where clients arrive.
public struct Listener: Sendable {
  public var name: String
  public var doors: [Door]
  /// Nil for protocols in which the client speaks first, or whose silence goes straight to a server.
  public var dialogue: DialogueName?
  public var grace: Grace
  /// Whose greeting a silent client sees; nil without a dialogue, or when no rule names a server.
  public var greeter: ServerID?
  public var capabilities: CapabilityPolicy
  public var rules: RuleList
  /// The listener's own, else those at the top of the file.
  public var certificates: [CertificateFiles]
  /// What a client hears of STARTTLS while no server can take it.
  public var startTLSWhenDown = StartTLSWhenDown.tempfail
  /// Clients at once; nil is no limit but that of the process. One more hears 421 in mail, and is closed otherwise.
  public var maxConnections: Int?
  /// The same of one client: an IPv4 address, or an IPv6 prefix of 64 bits; nil is no limit.
  public var maxConnectionsPerClient: Int?

  public init(
    name: String, doors: [Door], dialogue: DialogueName?, grace: Grace, greeter: ServerID?,
    capabilities: CapabilityPolicy, rules: RuleList, certificates: [CertificateFiles]
  ) {
    self.name = name
    self.doors = doors
    self.dialogue = dialogue
    self.grace = grace
    self.greeter = greeter
    self.capabilities = capabilities
    self.rules = rules
    self.certificates = certificates
  }
}
