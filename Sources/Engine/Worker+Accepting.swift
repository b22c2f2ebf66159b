import Dialogues
import Kernel
import Routing
import Sessions
import SystemPackage
import Wire

// Clients arrive.

extension Worker {
  /// The most that are accepted in one round, so that the clients which are there are not kept waiting.
  private static var burst: Int { 8 }
  /// How long nothing is accepted after descriptors or memory ran out.
  private static var pause: Duration { .milliseconds(100) }

  func openDoors() {
    guard endsAt == nil else { return }
    for (index, door) in doors.enumerated() {
      // All threads watch; the kernel wakes one of them for each client.
      try? epoll.add(
        door.socket.descriptor.number, [.readable, .exclusive],
        key: EventKey.door(index, edition: editionNumber).rawValue)
    }
  }

  func closeDoors() {
    for door in doors { try? epoll.remove(door.socket.descriptor.number) }
  }

  /// It is over when there is a socket for whoever waits at any door: one client's that has left is not enough.
  func resumeAccepting() {
    acceptsAgain = nil
    arrivals.before = true
    for index in doors.indices where acceptsAgain == nil { accept(at: index, editionNumber) }
    guard acceptsAgain == nil else { return }
    openDoors()
    house.isShortNoMore(of: .clients)
  }

  func accept(at index: Int, _ number: UInt32) {
    // The doors may have changed earlier in this batch.
    guard number == editionNumber, acceptsAgain == nil, endsAt == nil else { return }
    let door = doors[index]
    // Asking in vain costs a call; being told of the next client by epoll costs nothing while clients come one by one.
    let count = arrivals.before ? Self.burst : 1
    arrivals.now = true
    do throws(Errno) {
      for _ in 0..<count { try acceptOne(at: door) }
      lookForCrowd(at: door.socket, acceptsMore: count > 1)
    } catch .wouldBlock {
      house.isNotCrowded(door.socket)
    } catch {
      if !error.isOfAcceptedConnection { stopAccepting(error) }
    }
  }

  private func acceptOne(at door: OpenDoor) throws(Errno) {
    // Descriptors that run out are not better at once: the client waits in the kernel.
    guard house.descriptors.reserve(DescriptorBudget.client) else { throw .tooManyOpenFiles }
    var isTaken = false
    defer { if !isTaken { house.descriptors.release(DescriptorBudget.client) } }
    var client = Endpoint.unix("")
    let socket = try door.socket.descriptor.accept(from: &client)
    let plan = edition.plan
    guard admit(client, at: door) else { return refuse(socket, at: door) }
    isTaken = true
    let local = door.socket.commonLocal ?? (try? socket.localEndpoint()) ?? door.socket.endpoint
    let host = leastLoaded()
    house.mailboxes[host].load.add(1)
    if host == number {
      begin(socket, from: client, at: local, listener: door.listener, edition)
    } else {
      let arrival = Arrival(socket: socket, client: client, local: local, listener: door.listener, plan: plan)
      house.mailboxes[host].post(.arrival(arrival))
    }
  }

  /// Whether there is room for one more: in the process, at the listener, and of this client.
  private func admit(_ client: Endpoint, at door: OpenDoor) -> Bool {
    let limit = edition.plan.configuration.settings.limits.connections
    guard house.connectionCount < limit else {
      house.isFull(limit)
      return false
    }
    switch edition.plan.crowds[door.listener].admit(client, at: edition.plan.configuration.listeners[door.listener]) {
    case .admitted: return true
    case .refused(let notice):
      if let notice { house.observer.noticed(notice) }
      return false
    }
  }

  /// A connection has gone: what was counted for it is given back.
  func depart(_ connection: borrowing Connection) {
    mailbox.load.add(-1)
    house.descriptors.release(connection.pledged)
    guard let client = connection.summary?.client ?? connection.conversation?.outcome?.client else { return }
    depart(client, from: Int(connection.listener), connection.edition.plan)
  }

  private func depart(_ client: Endpoint, from listener: Int, _ plan: Plan) {
    if let notice = plan.crowds[listener].leave(client, at: plan.configuration.listeners[listener]) {
      house.observer.noticed(notice)
    }
    house.isNotFull(plan.configuration.settings.limits.connections)
  }

  /// Who takes the next client: this thread, unless another has clearly fewer. So few and long-lived connections are
  /// spread evenly, and many short ones are not passed around.
  private func leastLoaded() -> Int {
    let mine = mailbox.load.value
    var (least, load) = (number, mine)
    for (other, mailbox) in house.mailboxes.enumerated() where mailbox.load.value < load {
      (least, load) = (other, mailbox.load.value)
    }
    return mine - load > 1 + mine / 8 ? least : number
  }

  func welcome(_ arrival: Arrival) {
    guard let socket = arrival.take() else { return }
    guard endsAt == nil else {
      mailbox.load.add(-1)
      house.descriptors.release(DescriptorBudget.client)
      return depart(arrival.client, from: arrival.listener, arrival.plan)
    }
    // A client that arrived as the plan changed lives by this thread's.
    let listener = arrival.listener
    guard arrival.plan === edition.plan else {
      return begin(
        socket, from: arrival.client, at: arrival.local, listener: listener,
        Edition(plan: arrival.plan, hostname: house.hostname))
    }
    begin(socket, from: arrival.client, at: arrival.local, listener: listener, edition)
  }

  private func begin(
    _ socket: consuming Descriptor, from client: Endpoint, at local: Endpoint, listener: Int, _ edition: Edition
  ) {
    let isCounted = edition.plan.configuration.listeners[listener].grace.underLoad != nil
    let isUnderLoad = isCounted && house.graceBegan(ofAtMost: edition.plan.configuration.settings.limits.connections)
    let grace = grace(for: client, socket, listener: listener, edition.plan, isUnderLoad: isUnderLoad)
    let session = Session(
      context: edition.context, listener: listener, client: client, local: local, accepted: now,
      grace: grace)
    let key = connections.insert { Connection(key: $0, edition: edition, conversation: session) }
    connections[key.index].client.socket = consume socket
    connections[key.index].listener = UInt16(clamping: listener)
    connections[key.index].pledged = DescriptorBudget.client
    connections[key.index].isInGrace = isCounted
    // Many clients have spoken already: reading first saves an event.
    connections[key.index].client.state.insert(.mayHaveBytes)
    session.began(at: now, &instructions)
    carryOn(&connections[key.index])
    settle(key)
  }

  /// There are as many clients as may be: in mail they hear so, and come again.
  private func refuse(_ socket: borrowing Descriptor, at door: OpenDoor) {
    let listener = edition.plan.configuration.listeners[door.listener]
    if listener.dialogue != nil {
      let reply = "421 4.3.2 \(house.hostname) Service not available: too many connections\r\n"
      _ = Array(reply.utf8).withUnsafeBytes { try? socket.send($0) }
    }
  }

  /// Descriptors or memory have run out: that is not better at once.
  private func stopAccepting(_ error: Errno) {
    closeDoors()
    conduits.closeUnused()
    acceptsAgain = now + Self.pause
    house.isShort(of: .clients, error)
  }

  /// That half of those wait who may is told: the kernel turns away whoever is too many. It is asked now and then while more
  /// come than one, and each time as long as it is so.
  private func lookForCrowd(at door: ListeningSocket, acceptsMore: Bool) {
    guard acceptsMore && now >= looksForCrowdAgain || door.isCrowded.isOn else { return }
    looksForCrowdAgain = now + Self.pause
    guard let queue = try? door.descriptor.acceptQueue() else { return }
    if queue.waiting > queue.limit / 2 { house.isCrowded(door, queue) }
    if queue.waiting == 0 { house.isNotCrowded(door) }
  }
}

extension Errno {
  /// accept(2), Error handling: an error that waits on the connection, not one of the socket that listens.
  fileprivate var isOfAcceptedConnection: Bool {
    switch self {
    case .connectionAbort, .networkDown, .protocolError, .protocolNotAvailable, .hostIsDown, .noRouteToHost,
      .notSupportedOnSocket, .networkUnreachable, .notPermitted, .interrupted:
      true
    default: false
    }
  }
}
