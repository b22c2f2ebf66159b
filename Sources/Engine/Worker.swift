import Dialogues
import Kernel
import Routing
import Sessions
import SystemPackage
import Wire

/// One thread of the engine: its epoll, its connections, its share of the doors. Nothing here blocks but the wait for the
/// next event, and nothing here is touched by another thread but the mailbox.
final class Worker {
  /// Of the process.
  let house: House
  /// The index in `House.mailboxes`.
  let number: Int
  let epoll: Epoll
  let connections = Slab<Connection>()
  var timers: TimerWheel
  /// When this round of events began; all that happens in it happens then.
  var now = Instant.now
  /// Whether clients arrived in the round before, and in this one.
  var arrivals = (before: false, now: false)
  /// What new connections live under.
  var edition: Edition
  /// Where clients arrive.
  var doors: [OpenDoor]
  /// Counts the editions: an event of an older one's door is stale.
  var editionNumber: UInt32 = 0
  /// Where everything is read into: what could be passed on at once is never stored elsewhere.
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 4096)
  /// What the conversation that is being driven wants done, and what it is yet to be told.
  var instructions: [Instruction] = []
  var happenings: [Happening] = []
  /// Those that had more to do than was their turn.
  var unfinished: [Slab<Connection>.Key] = []
  /// When accepting is tried again, after descriptors or memory ran out.
  var acceptsAgain: Instant?
  /// When it is asked again how many clients wait to be accepted.
  var looksForCrowdAgain = Instant(nanoseconds: .min)
  /// When mail servers are asked what they promise.
  var inquiries = InquirySchedule(of: [], from: .now)
  /// When what is left is ended, once the doors are closed for good.
  var endsAt: Instant?
  /// What this thread asks servers from time to time; one thread does it for all.
  var checks: [Check] = []
  /// For splicing.
  var conduits: Conduits
  private var due: [UInt32] = []
  private var ready = Epoll.Ready(capacity: 256)

  var mailbox: Mailbox { house.mailboxes[number] }

  init(house: House, number: Int) throws(Errno) {
    self.house = house
    self.number = number
    epoll = try Epoll()
    timers = TimerWheel(now: now)
    conduits = Conduits(capacity: 524_288, house: house)
    let front = house.front.withLock { $0 }
    doors = front.doors
    edition = Edition(plan: front.plan, hostname: house.hostname)
    try epoll.add(mailbox.number, .readable, key: EventKey.mailbox.rawValue)
  }

  deinit { buffer.deallocate() }

  /// What a thread does.
  static func run(in house: House, number: Int) {
    do throws(Errno) {
      try Worker(house: house, number: number).run()
    } catch {
      house.lost(worker: number, error)
    }
  }

  /// Works until it is told to drain, and all connections have ended.
  private func run() {
    openDoors()
    scheduleInquiries()
    inquire()
    house.workerIsOpen()
    while endsAt == nil || connections.count > 0 {
      let count = wait()
      now = .now
      arrivals = (before: arrivals.now, now: false)
      for index in 0..<count { take(ready[index]) }
      finishTurns()
      wakeThoseDue()
    }
    house.workerEnded()
  }

  private func wait() -> Int {
    do throws(Errno) {
      return try epoll.wait(for: &ready, milliseconds: timeout)
    } catch {
      // Only a programmer's error is left: a descriptor or an address that is none.
      preconditionFailure("epoll_wait: \(error)")
    }
  }

  private var timeout: CInt {
    guard unfinished.isEmpty else { return 0 }
    // The clock went on while the last round was worked off.
    now = .now
    var wait = timers.wait(from: now) ?? .max
    if let again = acceptsAgain { wait = min(wait, (again - now).wholeNanoseconds / 1_000_000 + 1) }
    if let again = conduits.looksAgain { wait = min(wait, (again - now).wholeNanoseconds / 1_000_000 + 1) }
    if endsAt == nil, inquiries.next != .never {
      wait = min(wait, (inquiries.next - now).wholeNanoseconds / 1_000_000 + 1)
    }
    if let end = endsAt { wait = min(wait, (end - now).wholeNanoseconds / 1_000_000 + 1) }
    if let check = checks.map(\.due).min(), check != .never {
      wait = min(wait, (check - now).wholeNanoseconds / 1_000_000 + 1)
    }
    return wait == .max ? -1 : CInt(clamping: max(0, wait))
  }

  private func take(_ event: (key: UInt64, events: Epoll.Events)) {
    switch EventKey(rawValue: event.key) {
    case .mailbox: readLetters()
    case .door(let index, let edition): accept(at: index, edition)
    case .end(let peer, let key):
      // An event of this batch may be of a connection that an earlier one has ended.
      guard connections.contains(key) else { return }
      happened(event.events, to: peer, &connections[key.index])
      settle(key)
    }
  }

  /// Something was done with a connection: sees to what it waits for now, or takes it away.
  func settle(_ key: Slab<Connection>.Key) {
    if connections[key.index].phase != .over { watchEnds(of: &connections[key.index]) }
    noteEndOfGrace(of: &connections[key.index])
    if connections[key.index].phase == .over {
      report(&connections[key.index])
      timers.clear(key.index)
      depart(connections[key.index])
      connections.remove(key.index)
    } else if let deadline = deadline(of: connections[key.index]) {
      timers.set(key.index, to: deadline)
    }
  }

  private func finishTurns() {
    guard !unfinished.isEmpty else { return }
    let keys = unfinished
    unfinished.removeAll(keepingCapacity: true)
    for key in keys where connections.contains(key) {
      relay(&connections[key.index])
      settle(key)
    }
  }

  private func wakeThoseDue() {
    timers.turn(to: now, &due)
    for index in due {
      let key = connections[index].key
      wake(&connections[index])
      settle(key)
    }
    due.removeAll(keepingCapacity: true)
    if let again = acceptsAgain, again <= now { resumeAccepting() }
    inquire()
    conduits.lookForRecovery(at: now)
    if let end = endsAt, end <= now { endAll() }
    beginChecks()
  }

  private func readLetters() {
    for letter in mailbox.takeAll() {
      switch letter {
      case .arrival(let arrival): welcome(arrival)
      case .front(let front): adopt(front)
      case .learned(let server, let capabilities, let plan):
        if plan === edition.plan { edition.context.promises[server.index] = capabilities }
      case .standing: edition.context.isDown = edition.plan.isDown
      case .drain(let deadline): drain(until: deadline)
      }
    }
  }
}

/// What epoll tells with an event: whose it is.
enum EventKey {
  case mailbox
  /// The index in the thread's doors, of the thread's edition of that number.
  case door(Int, edition: UInt32)
  case end(Peer, Slab<Connection>.Key)

  // From the top: 2 bits for what it is, 30 for a generation, 32 for an index.
  private static var mailboxValue: UInt64 { .max }

  var rawValue: UInt64 {
    switch self {
    case .mailbox: Self.mailboxValue
    case .door(let index, let edition): 3 << 62 | UInt64(edition) << 32 | UInt64(index)
    case .end(let peer, let key): UInt64(peer.rawValue) << 62 | UInt64(key.generation) << 32 | UInt64(key.index)
    }
  }

  init(rawValue: UInt64) {
    let generation = UInt32(rawValue >> 32) & Generation.mask
    let index = UInt32(truncatingIfNeeded: rawValue)
    if rawValue == Self.mailboxValue {
      self = .mailbox
    } else if let peer = Peer(rawValue: Int(rawValue >> 62)) {
      self = .end(peer, Slab<Connection>.Key(index: index, generation: generation))
    } else {
      self = .door(Int(index), edition: generation)
    }
  }
}
