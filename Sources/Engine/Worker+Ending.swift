import Kernel
import Sessions
import SystemPackage
import Wire

// Connections end.

extension Worker {
  /// How long a client may take to read the last words.
  static var lingerTime: Duration { .seconds(2) }

  /// Ends a connection now, in that way.
  func end(_ connection: inout Connection, _ ending: Connection.Ending) {
    connection.ending = ending
    if ending == .closed { connection.endTLS() }
    close(&connection)
  }

  /// Closes all ends; `settle` takes the connection away.
  func close(_ connection: inout Connection) {
    for peer in Peer.allCases { close(peer, &connection) }
    connection.phase = .over
  }

  /// Closes one end.
  func close(_ peer: Peer, _ connection: inout Connection) {
    if peer == .client { connection.leaveTLS() }
    disconnect(peer, &connection)
    connection[peer].close()
    if peer != .client { connection[attempt: peer] = nil }
  }

  /// Closes an end's socket, and keeps what waits for it.
  func disconnect(_ peer: Peer, _ connection: inout Connection) {
    occupancy(of: peer, connection)?.add(-1)
    connection[peer].socket = nil
    connection[peer].state.remove([.isWatched, .isWatchedForWriting])
  }

  /// What waits for the client is sent, then all is closed.
  func finish(_ connection: inout Connection) {
    close(.greeter, &connection)
    close(.target, &connection)
    guard connection.client.socket != nil else {
      connection.phase = .over
      return
    }
    connection.phase = .lingering
    timers.set(connection.key.index, to: now + Self.lingerTime)
    linger(&connection)
  }

  /// Closing a socket with something unread in it resets the connection, and the client might lose our last words: so its
  /// side is read until it ends as well, for a while.
  func linger(_ connection: inout Connection) {
    if connection.client.isBlocked {
      if connection.flush(.client) != nil { return close(&connection) }
      if connection.client.isBlocked { return }
    }
    guard connection.client.state.contains(.hasBeenSent) || connection.secured != nil,
      !connection.client.state.contains(.hasEnded)
    else { return close(&connection) }
    connection.endWriting(to: .client)
    for _ in 0..<4 {
      switch connection.read(from: .client, into: buffer) {
      case .nothing: return
      case .bytes: continue
      case .end, .broken: return close(&connection)
      }
    }
    // It floods: that it reads as well is not likely.
    close(&connection)
  }

  /// The ends that must be watched are.
  func watchEnds(of connection: inout Connection) {
    watchIfNeeded(.client, &connection)
    watchIfNeeded(.greeter, &connection)
    watchIfNeeded(.target, &connection)
  }

  @inline(__always)
  private func watchIfNeeded(_ peer: Peer, _ connection: inout Connection) {
    guard connection.isOpen(peer) else { return }
    let state = connection.state(of: peer)
    let needsWriting = connection.isBlocked(peer) || state.contains(.isConnecting)
    if !state.contains(.isWatched) || needsWriting { watch(peer, &connection, writing: needsWriting) }
  }

  /// Registered once, edge-triggered; changed once at most, when an end does not take what it is sent.
  private func watch(_ peer: Peer, _ connection: inout Connection, writing: Bool) {
    let key = EventKey.end(peer, connection.key).rawValue
    let events: Epoll.Events = [.readable, .urgent, .peerEnded, .edgeTriggered]
    guard let socket = connection[peer].socket?.number else { return }
    do throws(Errno) {
      if !connection.state(of: peer).contains(.isWatched) {
        try epoll.add(socket, writing ? events.union(.writable) : events, key: key)
      } else if !connection.state(of: peer).contains(.isWatchedForWriting) {
        try epoll.change(socket, events.union(.writable), key: key)
      }
    } catch {
      // Out of kernel memory: nobody would ever tell of this connection again.
      house.isShort(of: .watches, error)
      return end(&connection, .stopped)
    }
    house.isShortNoMore(of: .watches)
    connection[peer].state.insert(writing ? [.isWatched, .isWatchedForWriting] : .isWatched)
  }

  private func serverAddress(of connection: borrowing Connection, _ summary: Summary) -> Endpoint? {
    guard summary.ending == .relayed else { return nil }
    let server = connection[connection.partner].server
    let addresses = connection.edition.plan.configuration.servers[Int(server)].addresses
    return addresses[Int(connection[connection.partner].address)]
  }

  /// Tells of a connection that is over.
  func report(_ connection: inout Connection) {
    guard let summary = connection.summary ?? connection.conversation?.outcome else { return inquired(connection) }
    learn(from: summary, connection.edition.plan)
    let said = summary.ending == .relayed ? nil : summary.ending?.rawValue
    house.observer.ended(
      ConnectionReport(
        summary: summary, configuration: connection.edition.plan.configuration,
        serverAddress: serverAddress(of: connection, summary), bytesFromClient: connection.bytesFromClient,
        bytesToClient: connection.bytesToClient,
        duration: now - summary.accepted, ending: said ?? connection.ending.rawValue))
  }
}
