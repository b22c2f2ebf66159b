import Kernel
import Sessions
import SystemPackage
import Wire

// Bytes go both ways, and no more questions are asked. They are copied through the thread's one buffer; a direction that fills
// it is spliced through a pipe, until it is slow again: for small messages copying costs less.

/// How a relay moves bytes.
public enum RelayMode: String, Sendable, Hashable, CaseIterable {
  /// Copying, and splicing while that is cheaper.
  case automatic
  case copying
  /// Splicing from the first byte, where there are pipes.
  case splicing
}

extension Worker {
  /// How often one direction is read in one turn, so that others have theirs.
  private static var turns: Int { 8 }
  /// A splice of less is slow, in bytes.
  private static var slow: Int { 16_384 }
  /// So many slow splices in a row end splicing.
  private static var mostSlow: UInt8 { 3 }

  /// The conversation is over: from here on the connection is its two ends.
  func beginRelay(with peer: Peer, _ connection: inout Connection) {
    close(peer == .greeter ? .target : .greeter, &connection)
    connection.partner = peer
    connection.phase = .relaying
    connection.summary = connection.conversation?.outcome
    connection.talk = nil
    // One server is enough now.
    connection.pledged -= 1
    house.descriptors.release(1)
    // What was told before the relay began needs no more telling: the relay finds it out.
    happenings.removeAll(keepingCapacity: true)
    if house.relayMode == .splicing, connection.secured == nil {
      connection.client.state.insert(.isSpliced)
      connection[peer].state.insert(.isSpliced)
    }
    // The conversation knew that an end had ended; the other end is still to hear it.
    for (source, sink) in [(Peer.client, peer), (peer, .client)]
    where connection.phase == .relaying && connection.state(of: source).contains(.hasEnded) {
      ended(source, sink, &connection)
    }
  }

  /// epoll has told of an end.
  func relay(_ connection: inout Connection, after events: Epoll.Events, of peer: Peer) {
    if connection.isBlocked(peer), !events.isDisjoint(with: [.writable, .hungUp, .failed]) {
      if let reason = connection.flush(peer, giveBack: { conduits.giveBack($0) }) {
        return broke(peer, reason, &connection)
      }
      endIfDue(peer, &connection)
    }
    // Behind a peer that does not read, nobody would hear that this one has broken.
    let other = peer == .client ? connection.partner : .client
    if events.contains(.failed), connection.phase == .relaying, connection.isBlocked(other) {
      return broke(peer, "reset", &connection)
    }
    relay(&connection)
  }

  /// Passes on what can be.
  func relay(_ connection: inout Connection) {
    guard connection.phase == .relaying else { return }
    let isDone = pass(from: .client, to: connection.partner, &connection)
    guard connection.phase == .relaying else { return }
    if !(pass(from: connection.partner, to: .client, &connection) && isDone), connection.phase == .relaying {
      unfinished.append(connection.key)
    }
  }

  /// - Returns: false when there is more to do, but others have their turn first.
  private func pass(from source: Peer, to sink: Peer, _ connection: inout Connection) -> Bool {
    var turn = 0
    while turn < Self.turns, connection.canPass(from: source, to: sink) {
      turn += 1
      if connection.state(of: sink).contains(.isSpliced), !connection.state(of: source).contains(.isUrgent),
        let conduit = conduits.borrow(at: now)
      {
        splice(from: source, to: sink, through: conduit, &connection)
      } else {
        copy(from: source, to: sink, &connection)
      }
      if connection.phase != .relaying { return true }
    }
    if connection.canPass(from: source, to: sink) { return false }
    if connection.state(of: sink).contains(.isHeldBack) { connection[sink].release() }
    return true
  }

  private func copy(from source: Peer, to sink: Peer, _ connection: inout Connection) {
    switch connection.read(from: source, into: buffer) {
    case .nothing: break
    case .bytes(let count):
      // The end that follows saves a segment when it can share the last one.
      let isLast = connection.state(of: source).contains(.isAtEnd)
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      if let reason = connection.send(bytes, to: sink, isLast: isLast) { return broke(sink, reason, &connection) }
      if count == buffer.count, house.relayMode == .automatic, connection.secured == nil {
        connection[sink].state.insert(.isSpliced)
      }
    case .end: ended(source, sink, &connection)
    case .broken(let reason): broke(source, reason, &connection)
    }
  }

  private func splice(
    from source: Peer, to sink: Peer, through conduit: Conduit, _ connection: inout Connection
  ) {
    switch connection.fill(conduit, from: source) {
    case .nothing, .end: conduits.giveBack(conduit)
    case .bytes(let count):
      noteSpeed(count, of: sink, &connection)
      // Sent on its own, the end of a full pipe would be a small segment in the midst of large ones.
      if let reason = connection.drain(conduit, to: sink, isFollowed: conduit.isAsGoodAsFull) {
        conduits.giveBack(conduit)
        return broke(sink, reason, &connection)
      }
      // What the sink did not take waits in the pipe, which is lent until it has.
      if conduit.count == 0 { conduits.giveBack(conduit) }
    case .broken(let reason):
      conduits.giveBack(conduit)
      broke(source, reason, &connection)
    }
  }

  private func noteSpeed(_ count: Int, of sink: Peer, _ connection: inout Connection) {
    guard count < Self.slow else { return connection[sink].slowSplices = 0 }
    connection[sink].slowSplices += 1
    if connection[sink].slowSplices == Self.mostSlow {
      connection[sink].slowSplices = 0
      if house.relayMode == .automatic { connection[sink].state.remove(.isSpliced) }
    }
  }

  /// One side has ended: the other hears it behind what it is still sent. When both have, it is over.
  private func ended(_ source: Peer, _ sink: Peer, _ connection: inout Connection) {
    connection[sink].state.insert(.isToEnd)
    if connection.state(of: sink).contains(.hasEnded), !connection.isBlocked(sink), !connection.isBlocked(source) {
      return end(&connection, .closed)
    }
    endIfDue(sink, &connection)
  }

  private func endIfDue(_ sink: Peer, _ connection: inout Connection) {
    guard connection.state(of: sink).contains(.isToEnd), !connection.isBlocked(sink) else { return }
    let source = sink == .client ? connection.partner : .client
    if connection.state(of: sink).contains(.hasEnded), !connection.isBlocked(source) {
      end(&connection, .closed)
    } else {
      connection.endWriting(to: sink)
    }
  }

  /// A connection that broke is passed on as one: a clean end would tell the other side that all had arrived.
  private func broke(_ peer: Peer, _ reason: String, _ connection: inout Connection) {
    try? connection[peer == .client ? connection.partner : .client].socket?.resetOnClose()
    end(&connection, peer == .client ? .resetByClient : .resetByServer)
  }
}

extension Connection {
  /// Whether there may be something to pass on, and somebody who takes it.
  @inline(__always)
  fileprivate func canPass(from source: Peer, to sink: Peer) -> Bool {
    let state = state(of: source)
    return state.contains(.mayHaveBytes) && !state.contains(.hasEnded) && !isBlocked(sink)
  }
}
