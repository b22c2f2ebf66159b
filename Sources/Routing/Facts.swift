public import Peek
public import Wire

/// What is known of one thing that may still be arriving.
public enum Known<Value: Sendable & Hashable>: Sendable, Hashable {
  /// It may still come.
  case pending
  /// It will not come any more.
  case absent
  /// It is here.
  case value(Value)

  /// The answer of a question that only a value can say yes to.
  public func answer(_ ask: (Value) -> Bool) -> Answer {
    switch self {
    case .pending: .notYet
    case .absent: .no
    case .value(let value): Answer(ask(value))
    }
  }
}

/// How a client can still begin, or has begun: the set narrows until one is left.
public struct Beginning: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Plaintext, and stays so as far as usher is asked.
  public static let plaintext = Beginning(rawValue: 1)
  /// A ClientHello at once.
  public static let implicit = Beginning(rawValue: 2)
  /// STARTTLS in the dialogue.
  public static let startTLS = Beginning(rawValue: 4)
  /// All three.
  public static let any: Beginning = [.plaintext, .implicit, .startTLS]

  /// Whether it is one of `wanted`: yes when nothing else is possible, no when none of them is.
  public func isOne(of wanted: Beginning) -> Answer {
    isSubset(of: wanted) ? .yes : isDisjoint(with: wanted) ? .no : .notYet
  }
}

/// What is known of a client so far. A rule is asked of facts, never of a connection.
public struct Facts: Sendable, Hashable {
  /// Where the client comes from.
  public var client: Endpoint
  /// Where it arrived.
  public var local: Endpoint
  /// How it began, or can still begin.
  public var beginning: Beginning
  /// Its ClientHello.
  public var hello: Known<ClientHello>
  /// What it speaks: `tls`, a name of `PlaintextProtocol`, or `unknown`; absent for a client that said nothing in time.
  public var protocolName: Known<String>
  /// Whether it said nothing during the grace.
  public var silent: Answer
  /// Whether it spoke plaintext before it was greeted.
  public var early: Answer
  /// The argument of EHLO, HELO or LHLO.
  public var helo: Known<[UInt8]>
  /// The verb of the first command after it, upper case.
  public var command: Known<String>
  /// The reverse-path of that command, without its angle brackets, when it is MAIL.
  public var mailFrom: Known<[UInt8]>
  /// The first bytes; kept only for rules that read them (`RuleList.readsFirstBytes`).
  public var firstBytes: [UInt8]
  /// Whether no more of them will be looked at.
  public var firstBytesAreWhole: Bool

  /// What is known at accept.
  /// - Parameters:
  ///   - client: where the client comes from.
  ///   - local: where it arrived.
  ///   - dialogue: whether a silent client of this listener is spoken with; without one STARTTLS, HELO and commands never come.
  public init(client: Endpoint, local: Endpoint, dialogue: Bool) {
    self.init(
      client: client, local: local, beginning: dialogue ? .any : [.plaintext, .implicit], hello: .pending,
      protocolName: .pending, silent: .notYet, early: .notYet, helo: dialogue ? .pending : .absent,
      command: dialogue ? .pending : .absent, mailFrom: dialogue ? .pending : .absent, firstBytes: [],
      firstBytesAreWhole: false)
  }

  /// - Parameters: as the properties.
  public init(
    client: Endpoint, local: Endpoint, beginning: Beginning, hello: Known<ClientHello>, protocolName: Known<String>,
    silent: Answer, early: Answer, helo: Known<[UInt8]>, command: Known<String>, mailFrom: Known<[UInt8]>,
    firstBytes: [UInt8], firstBytesAreWhole: Bool
  ) {
    self.client = client
    self.local = local
    self.beginning = beginning
    self.hello = hello
    self.protocolName = protocolName
    self.silent = silent
    self.early = early
    self.helo = helo
    self.command = command
    self.mailFrom = mailFrom
    self.firstBytes = firstBytes
    self.firstBytesAreWhole = firstBytesAreWhole
  }
}
