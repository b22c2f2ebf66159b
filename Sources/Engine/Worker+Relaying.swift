import Kernel
import Sessions
import Wire

// Bytes go both ways, and no more questions are asked.

extension Worker {
  /// How often one direction is read in one turn, so that others have theirs.
  private static var turns: Int { 16 }

  /// The conversation is over: from here on the connection is its two ends.
  func beginRelay(with peer: Peer, _ connection: inout Connection) {
    close(peer == .greeter ? .target : .greeter, &connection)
    connection.partner = peer
    connection.phase = .relaying
    connection.summary = connection.conversation?.outcome
    connection.conversation = nil
    // What was told before the relay began needs no more telling: the relay finds it out.
    happenings.removeAll(keepingCapacity: true)
    // The conversation knew that an end had ended; the other end is still to hear it.
    for (source, sink) in [(Peer.client, peer), (peer, .client)]
    where connection.phase == .relaying && connection[source].state.contains(.hasEnded) {
      ended(source, sink, &connection)
    }
  }

  /// epoll has told of an end.
  func relay(_ connection: inout Connection, after events: Epoll.Events, of peer: Peer) {
    if connection[peer].isBlocked, !events.isDisjoint(with: [.writable, .hungUp, .failed]) {
      if let reason = connection.flush(peer) { return broke(peer, reason, &connection) }
      endIfDue(peer, &connection)
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
    for _ in 0..<Self.turns {
      guard connection[source].state.contains(.mayHaveBytes), !connection[source].state.contains(.hasEnded),
        !connection[sink].isBlocked
      else { return true }
      switch connection.read(from: source, into: buffer) {
      case .nothing: return true
      case .bytes(let count):
        let isLast = connection[source].state.contains(.isAtEnd)
        if let reason = connection.send(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: sink, isLast: isLast) {
          broke(sink, reason, &connection)
          return true
        }
      case .end:
        ended(source, sink, &connection)
        return true
      case .broken(let reason):
        broke(source, reason, &connection)
        return true
      }
    }
    return false
  }

  /// One side has ended: the other hears it behind what it is still sent. When both have, it is over.
  private func ended(_ source: Peer, _ sink: Peer, _ connection: inout Connection) {
    connection[sink].state.insert(.isToEnd)
    if connection[sink].state.contains(.hasEnded), !connection[sink].isBlocked, !connection[source].isBlocked {
      return end(&connection, .closed)
    }
    endIfDue(sink, &connection)
  }

  private func endIfDue(_ sink: Peer, _ connection: inout Connection) {
    guard connection[sink].state.contains(.isToEnd), !connection[sink].isBlocked else { return }
    let source = sink == .client ? connection.partner : .client
    if connection[sink].state.contains(.hasEnded), !connection[source].isBlocked {
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
