public import Dialogues
public import Routing
public import Wire

// The face between a conversation and the engine: who speaks, what is to be done.

/// One end of a connection's life. A conversation has a client and at most two servers at a time.
public enum Peer: Int, Sendable, Hashable, CaseIterable {
  case client
  /// The server whose greeting the client sees, dialled at accept.
  case greeter
  /// The server that the rules chose, when it is not reached over the greeter's connection.
  case target
}

/// A set of ends.
public struct Peers: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public init(_ peer: Peer) { rawValue = 1 << peer.rawValue }
  public static let client = Peers(.client)
  public static let greeter = Peers(.greeter)
  public static let target = Peers(.target)
}

/// What the engine does for a conversation, in this order, none of it blocking.
public enum Instruction: Sendable, Hashable {
  /// Connect to one of that server's addresses, the next one when one fails within `timeouts.connect`; then send the
  /// preface, whole and first, in one write. Answered by `connected` or `failed`.
  case dial(Peer, Dial)
  /// Send; what the socket does not take waits in a buffer of that end. Sent to an end that is still being dialled, it
  /// follows the preface.
  case send(Peer, [UInt8])
  /// Close that server's connection, after what was sent. Nothing more is heard of it.
  case hangUp(Peer)
  /// Speak TLS with the client as its server, starting with the bytes that were already read from it. Answered by
  /// `secured`, or by `failed(.client)`. From then on the client's bytes are plaintext in both directions.
  case secureClient(alreadyRead: [UInt8])
  /// Bytes go both ways from now on, behind what was sent; the conversation is over and is not asked again. The other
  /// server, if there is one, is hung up.
  case relay(with: Peer)
  /// Send what waits for the client, then close everything. The conversation is over.
  case finish
  /// That server has just promised this to a plaintext client.
  case learned(ServerID, Capabilities)
}

/// Whom to dial, and how.
public struct Dial: Sendable, Hashable {
  public var server: ServerID
  /// The address to dial from (`client-address: transparent`), else nil.
  public var source: Endpoint?
  /// A PROXY header, or nothing.
  public var preface: [UInt8]
  /// Whether bytes are at hand for the server, and it is not one that speaks first.
  public var isSpokenTo: Bool
  /// The one address to try, for a health check; nil leaves it to the engine.
  public var address: Int?

  public init(server: ServerID, source: Endpoint?, preface: [UInt8], isSpokenTo: Bool) {
    self.server = server
    self.source = source
    self.preface = preface
    self.isSpokenTo = isSpokenTo
  }
}

/// Why an end failed.
public enum Failure: Sendable, Hashable {
  /// None of the server's addresses could be connected to, for that reason (an errno's words, or a timeout).
  case unreachable(String)
  /// The connection broke: reset, or an error of the system.
  case broken(String)
  /// TLS with the client failed, for that reason.
  case insecure(String)
}
