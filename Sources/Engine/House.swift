import Kernel
import Synchronization
import SystemPackage
import Wire

/// What the threads of one pool share.
final class House: Sendable {
  /// What new clients meet.
  let front: Mutex<Front>
  let hostname: String
  let observer: any Observer
  /// One for each thread.
  let mailboxes: [Mailbox]
  let relayMode: RelayMode
  /// What connections may use.
  let descriptors: DescriptorBudget
  /// How many threads have not opened their doors yet.
  private let opening: Atomic<Int>
  /// How many threads work.
  private let working: Atomic<Int>
  private let allEnded: Wakeup
  /// Whether there are as many clients as may be.
  private let fullness = Flag()
  /// How many clients are in their grace, at listeners that ask (`grace: { under-load }`).
  let inGrace = Counter()
  /// Whether they are many.
  private let crowding = Flag()
  /// By `Shortage`: whether it is there.
  private let shortages = Shortage.allCases.map { _ in Flag() }
  /// How many threads have no pipe.
  private let threadsWithoutPipes = Counter()

  /// - Parameters:
  ///   - front: what clients meet at first.
  ///   - threads: how many will work.
  ///   - descriptors: how many the process may have.
  init(
    front: Front, threads: Int, descriptors: Int, hostname: String, relayMode: RelayMode, observer: any Observer
  ) throws(Errno) {
    self.front = Mutex(front)
    self.hostname = hostname
    self.observer = observer
    self.relayMode = relayMode
    // Some are for doors, the log and what the libraries open.
    self.descriptors = DescriptorBudget(most: descriptors - 64 - 2 * threads)
    var mailboxes: [Mailbox] = []
    for _ in 0..<threads { mailboxes.append(try Mailbox()) }
    self.mailboxes = mailboxes
    opening = Atomic(threads)
    working = Atomic(threads)
    allEnded = try Wakeup()
  }

  /// How many connections there are.
  var connectionCount: Int { mailboxes.reduce(0) { $0 + $1.load.value } }

  /// A thread waits for clients. When all do, what only the start needed is given back.
  func workerIsOpen() {
    if opening.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { ResidentMemory.release() }
  }

  /// A thread has ended.
  func workerEnded() {
    if working.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { allEnded.wake() }
  }

  /// Waits until all have.
  func waitForEnd() { allEnded.wait() }

  /// A thread could not be started.
  func lost(worker number: Int, _ error: Errno) {
    notice(.error, "thread \(number) cannot start: \(error)")
    workerEnded()
  }

  func notice(_ level: Notice.Level, _ message: String) {
    observer.noticed(Notice(level: level, message: message))
  }

  /// A server went down, or came back: that is told, and all threads learn it. Nothing is told of one that the configuration
  /// has no more.
  func changed(_ standing: Standing, _ change: Standing.Change) {
    let plan = front.withLock { $0.plan }
    guard let server = plan.standings.firstIndex(where: { $0 === standing }) else { return }
    for notice in plan.notices(of: change, in: server) { observer.noticed(notice) }
    for mailbox in mailboxes { mailbox.post(.standing) }
  }

  // MARK: - Overloads are states: told when they begin, and when they end

  func isFull(_ limit: Int) {
    guard fullness.turn(true) else { return }
    notice(
      .warning,
      "\(limit) clients are connected, as many as settings: limits: connections allows; others are turned away")
  }

  func isNotFull(_ limit: Int) {
    guard fullness.isOn, connectionCount < limit - limit / 20, fullness.turn(false) else { return }
    notice(.info, "clients are taken again: \(connectionCount) are connected")
  }

  /// One more client is waited for.
  /// - Returns: whether they are more than half of as many as may be connected.
  func graceBegan(ofAtMost limit: Int) -> Bool {
    let count = inGrace.add(1)
    guard count > limit / 2 else { return crowding.isOn }
    if crowding.turn(true) {
      notice(
        .warning,
        "\(count) clients are waited for, more than half of what settings: limits: connections allows; strangers are waited "
          + "for no longer than grace: under-load")
    }
    return true
  }

  /// One that was waited for has spoken, was greeted, or has gone.
  func graceEnded(ofAtMost limit: Int) {
    let count = inGrace.add(-1)
    guard crowding.isOn, count < limit / 2 - limit / 10, crowding.turn(false) else { return }
    notice(.info, "strangers are waited for as long as before: \(count) clients are waited for")
  }

  func isShort(of what: Shortage, _ error: Errno) {
    if shortages[what.rawValue].turn(true) { observer.noticed(what.begins(because: error)) }
  }

  @inline(__always)
  func isShortNoMore(of what: Shortage) {
    if shortages[what.rawValue].isOn { isOver(what) }
  }

  private func isOver(_ what: Shortage) {
    if shortages[what.rawValue].turn(false) { observer.noticed(what.isOver) }
  }

  /// A thread has no pipe left, which was not so.
  func hasNoPipes(_ error: Errno) {
    threadsWithoutPipes.add(1)
    isShort(of: .pipes, error)
  }

  /// A thread that had none has pipes again.
  func hasPipesAgain() {
    if threadsWithoutPipes.add(-1) == 0 { isShortNoMore(of: .pipes) }
  }

  func isCrowded(_ door: ListeningSocket, _ queue: AcceptQueue) {
    guard door.isCrowded.turn(true) else { return }
    notice(
      .warning,
      "clients come to \(door.endpoint) faster than they are accepted: \(queue.waiting) wait, "
        + "and beyond \(queue.limit) the kernel lets them try again later (sysctl net.core.somaxconn)")
  }

  func isNotCrowded(_ door: ListeningSocket) {
    guard door.isCrowded.isOn, door.isCrowded.turn(false) else { return }
    notice(.info, "no client waits at \(door.endpoint) any more")
  }
}
