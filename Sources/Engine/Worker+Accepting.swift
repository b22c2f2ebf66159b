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
    for (index, door) in edition.plan.doors.enumerated() {
      // All threads watch; the kernel wakes one of them for each client.
      try? epoll.add(
        door.socket.descriptor.number, [.readable, .exclusive],
        key: EventKey.door(index, edition: editionNumber).rawValue)
    }
  }

  func closeDoors() {
    for door in edition.plan.doors { try? epoll.remove(door.socket.descriptor.number) }
  }

  func resumeAccepting() {
    acceptsAgain = nil
    openDoors()
  }

  func accept(at index: Int, _ number: UInt32) {
    // The doors may have changed earlier in this batch.
    guard number == editionNumber, acceptsAgain == nil, endsAt == nil else { return }
    let door = edition.plan.doors[index]
    do throws(Errno) {
      for _ in 0..<Self.burst { try acceptOne(at: door) }
    } catch .wouldBlock {
    } catch .connectionAbort {
    } catch {
      stopAccepting(error)
    }
  }

  private func acceptOne(at door: OpenDoor) throws(Errno) {
    var client = Endpoint.unix("")
    let socket = try door.socket.descriptor.accept(from: &client)
    let count = house.connectionCount
    let limit = edition.plan.configuration.settings.limits.connections
    guard count < limit else { return refuse(socket, at: door) }
    if house.isFull.isOn, count < limit - limit / 20, house.isFull.turn(false) {
      house.notice(.info, "clients are taken again: \(count) are connected")
    }
    let local = door.socket.commonLocal ?? (try? socket.localEndpoint()) ?? door.socket.endpoint
    let host = leastLoaded()
    house.mailboxes[host].load.add(1)
    if host == number {
      begin(socket, from: client, at: local, listener: door.listener, edition)
    } else {
      house.mailboxes[host].post(
        .arrival(
          Arrival(socket: socket, client: client, local: local, listener: door.listener, plan: edition.plan)))
    }
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
    guard endsAt == nil else { return mailbox.load.add(-1) }
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
    let grace = edition.plan.configuration.listeners[listener].grace
    let session = Session(
      context: edition.context, listener: listener, client: client, local: local, accepted: now,
      grace: grace.wait(roundTrip: nil))
    let key = connections.insert { Connection(key: $0, edition: edition, conversation: session) }
    connections[key.index].client.socket = consume socket
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
    if house.isFull.turn(true) {
      house.notice(
        .warning, "as many clients are connected as settings: limits: connections allows; others are turned away")
    }
  }

  /// Descriptors or memory have run out: that is not better at once.
  private func stopAccepting(_ error: Errno) {
    closeDoors()
    acceptsAgain = now + Self.pause
    if house.isExhausted.turn(true) {
      house.notice(.error, "clients cannot be accepted for the moment: \(error)")
    }
  }
}
