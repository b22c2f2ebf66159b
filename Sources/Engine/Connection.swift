import Kernel
import Routing
import Sessions
import Wire

/// A client, or an inquiry, as the engine knows it. An idle relay is this and nothing else, so what is needed only before it
/// lies elsewhere and is given back: 10,000 of these are memory that somebody pays for.
struct Connection: ~Copyable {
  let key: Slab<Connection>.Key
  /// The configuration that it began with.
  let edition: Edition
  var phase = Phase.conversing
  /// How many descriptors are set aside for it.
  var pledged: UInt8 = 0
  /// The index in `Configuration.listeners`; nothing for an inquiry.
  var listener: UInt16 = 0
  /// Whether it is counted among those in their grace.
  var isInGrace = false
  /// The end that the client is relayed with.
  var partner = Peer.greeter
  /// How it ended, when it is over.
  var ending = Ending.closed
  /// Until the relay begins.
  var talk: Talk?
  var client = End()
  var greeter = End()
  var target = End()
  var bytesFromClient: UInt64 = 0
  var bytesToClient: UInt64 = 0
  /// TLS with the client, where usher itself speaks it.
  var secured: SecuredClient?
  /// What its log line is made of; nil for an inquiry, and while the conversation has it.
  var summary: Summary?

  enum Phase: UInt8 {
    /// The conversation says what is done.
    case conversing
    /// Bytes go both ways.
    case relaying
    /// All was said to the client; it may still be sending, and must not be reset before it has read it.
    case lingering
    case over
  }

  /// How a connection ended: what its report says, where the conversation has no more to say.
  enum Ending: String {
    case closed
    case resetByClient = "reset-by-client"
    case resetByServer = "reset-by-server"
    case idle
    case stopped
  }

  init(key: Slab<Connection>.Key, edition: Edition, conversation: any Conversation) {
    self.key = key
    self.edition = edition
    talk = Talk(conversation)
  }

  /// Who says what is done, until the relay begins.
  var conversation: (any Conversation)? { talk?.conversation }

  subscript(peer: Peer) -> End {
    @inline(__always) _read {
      switch peer {
      case .client: yield client
      case .greeter: yield greeter
      case .target: yield target
      }
    }
    @inline(__always) _modify {
      switch peer {
      case .client: yield &client
      case .greeter: yield &greeter
      case .target: yield &target
      }
    }
  }

  // What is asked at every event is answered by fields: `self[peer]` lends a whole end, and costs as much as all the rest.

  @inline(__always)
  func state(of peer: Peer) -> End.State {
    switch peer {
    case .client: client.state
    case .greeter: greeter.state
    case .target: target.state
    }
  }

  @inline(__always)
  func isOpen(_ peer: Peer) -> Bool {
    switch peer {
    case .client: client.socket != nil
    case .greeter: greeter.socket != nil
    case .target: target.socket != nil
    }
  }

  @inline(__always)
  func isBlocked(_ peer: Peer) -> Bool {
    switch peer {
    case .client: client.isBlocked
    case .greeter: greeter.isBlocked
    case .target: target.isBlocked
    }
  }

  subscript(attempt peer: Peer) -> Attempt? {
    get { peer == .greeter ? talk?.greeter : talk?.target }
    set { if peer == .greeter { talk?.greeter = newValue } else { talk?.target = newValue } }
  }

  /// Reads from an end, and counts.
  mutating func read(from peer: Peer, into buffer: UnsafeMutableRawBufferPointer) -> End.Reading {
    if peer == .client, let secured { return secured.read(into: buffer, &client) }
    let reading = self[peer].read(into: buffer)
    if peer == .client, case .bytes(let count) = reading { bytesFromClient += UInt64(count) }
    return reading
  }

  /// Sends to an end, behind what waits for it; what the socket does not take waits.
  /// - Returns: why the end is broken, if it is.
  mutating func send(_ bytes: [UInt8], to peer: Peer) -> String? {
    if state(of: peer).contains(.isConnecting) || isBlocked(peer) {
      if let outbox = self[peer].outbox { outbox.append(bytes) } else { self[peer].outbox = Outbox(bytes) }
      return nil
    }
    return bytes.withUnsafeBytes { send($0, to: peer) }
  }

  /// Sends to an end for which nothing waits.
  /// - Parameter isLast: `endWriting` comes next.
  mutating func send(_ bytes: UnsafeRawBufferPointer, to peer: Peer, isLast: Bool = false) -> String? {
    switch write(bytes, to: peer, isLast: isLast) {
    case .broken(let reason): return reason
    case .taken(let count):
      if count < bytes.count {
        self[peer].outbox = Outbox(UnsafeRawBufferPointer(rebasing: bytes[count...]))
      }
      return nil
    }
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer, to peer: Peer, isLast: Bool) -> End.Writing {
    guard peer == .client else { return self[peer].write(bytes, isLast: isLast) }
    if let secured { return secured.write(bytes, &client, isLast: isLast) }
    let writing = client.write(bytes, isLast: isLast)
    if case .taken(let count) = writing { bytesToClient += UInt64(count) }
    return writing
  }

  /// Tells an end that no more comes.
  mutating func endWriting(to peer: Peer) {
    guard !state(of: peer).contains(.wasEnded) else { return }
    self[peer].state.insert(.wasEnded)
    if peer == .client, let secured {
      secured.endWriting(&client, isClosing: false)
    } else {
      self[peer].endWriting()
    }
  }

  /// A clean end of TLS is said (RFC 8446 §6.1), also where the socket is closed next.
  mutating func endTLS() {
    guard let secured, !client.state.contains(.wasEnded) else { return }
    secured.endWriting(&client, isClosing: true)
  }

  /// TLS with the client is over, however it went.
  mutating func leaveTLS() {
    guard let traffic = secured?.traffic else { return }
    bytesFromClient += traffic.received
    bytesToClient += traffic.sent
    secured = nil
  }

  /// Takes what an end has into a pipe, and counts.
  mutating func fill(_ conduit: Conduit, from peer: Peer) -> End.Reading {
    let reading = self[peer].fill(conduit)
    if peer == .client, case .bytes(let count) = reading { bytesFromClient += UInt64(count) }
    return reading
  }

  /// Sends an end what is in a pipe; what the socket does not take waits in it.
  /// - Parameter isFollowed: see `End.drain`.
  /// - Returns: why the end is broken, if it is.
  mutating func drain(_ conduit: Conduit, to peer: Peer, isFollowed: Bool) -> String? {
    switch self[peer].drain(conduit, isFollowed: isFollowed) {
    case .broken(let reason): return reason
    case .taken(let count):
      if peer == .client { bytesToClient += UInt64(count) }
      self[peer].outbox = conduit.count == 0 ? nil : self[peer].outbox ?? Outbox(conduit)
      return nil
    }
  }

  /// Sends what waits.
  /// - Parameter giveBack: takes the pipe that it waited in.
  mutating func flush(_ peer: Peer, giveBack: (Conduit) -> Void = { _ in }) -> String? {
    if peer == .client, let secured, let reason = secured.flush(&client) { return reason }
    guard let outbox = self[peer].outbox else { return nil }
    if let conduit = outbox.pipe {
      defer { if self[peer].outbox == nil { giveBack(conduit) } }
      return drain(conduit, to: peer, isFollowed: false)
    }
    switch outbox.withWaiting({ write($0, to: peer, isLast: false) }) {
    case .broken(let reason): return reason
    case .taken(let count):
      outbox.removeFirst(count)
      if outbox.count == 0 { self[peer].outbox = nil }
      return nil
    }
  }
}
