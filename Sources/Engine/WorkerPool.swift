import Kernel
public import Routing
public import Sessions
import Synchronization
import SystemPackage
import TLS
import Wire

/// The engine: one thread a core, each with its epoll, its connections and its share of the doors.
public final class WorkerPool: Sendable {
  let house: House
  private let hasBeenDrained = Flag()

  /// Opens the doors of the configuration, but does not accept yet, so that privileges can be dropped in between.
  /// - Parameters:
  ///   - configuration: what to do.
  ///   - hostname: the name that usher greets with when it must do so itself.
  ///   - relayMode: how bytes are moved; tests choose.
  ///   - observer: who is told; called from the threads, must not block for long.
  public convenience init(
    configuration: Configuration, hostname: String, relayMode: RelayMode = .automatic, observer: any Observer
  ) throws(EngineError) {
    try self.init(
      configuration: configuration, hostname: hostname, relayMode: relayMode, descriptors: DescriptorLimit.current,
      observer: observer)
  }

  /// - Parameter descriptors: how many the process may have.
  init(
    configuration: Configuration, hostname: String, relayMode: RelayMode, descriptors: Int, observer: any Observer
  ) throws(EngineError) {
    // splice(2) has no MSG_NOSIGNAL.
    Signals.ignoreBrokenPipes()
    let front = try Front(configuration, after: nil)
    do throws(Errno) {
      house = try House(
        front: front,
        threads: configuration.settings.threads ?? Processors.count, descriptors: descriptors,
        hostname: hostname, relayMode: relayMode, observer: observer)
    } catch {
      throw EngineError(reason: "the threads cannot be prepared: \(error)")
    }
    tellOfDoors(of: front, butNot: nil)
  }

  /// Starts the threads.
  public func start() {
    for number in house.mailboxes.indices {
      Thread.detach("usher-\(number)") { [house] in Worker.run(in: house, number: number) }
    }
  }

  /// New connections get the new configuration, running ones keep theirs. Doors that both have stay open, new ones are
  /// opened first; when one cannot be, nothing changes.
  public func reload(_ configuration: Configuration) throws(EngineError) {
    let old = house.front.withLock { $0 }
    let new = try Front(configuration, after: old)
    house.front.withLock { $0 = new }
    tellOfDoors(of: new, butNot: old)
    for mailbox in house.mailboxes { mailbox.post(.front(new)) }
  }

  private func tellOfDoors(of front: Front, butNot old: Front?) {
    for door in front.doors where old?.has(door.socket) != true {
      house.observer.opened(listener: front.plan.configuration.listeners[door.listener].name, at: door.socket.endpoint)
    }
  }

  /// Closes the doors and waits for the connections, at most for the time given, then ends those that are left.
  /// Returns when all threads are done. A second call from another thread ends at once.
  public func drain(within time: Duration) {
    house.front.withLock { $0 = $0.closed }
    let deadline = hasBeenDrained.turn(true) ? Instant.now + time : .now
    for mailbox in house.mailboxes { mailbox.post(.drain(until: deadline)) }
    house.waitForEnd()
  }

  /// Ends all connections at once.
  public func stop() { drain(within: .zero) }

  /// How many connections each thread has.
  var loads: [Int] { house.mailboxes.map(\.load.value) }

  /// What is remembered of the clients of each listener that learns, by its name, to be saved.
  public var memories: [String: [GraceMemory.Record]] {
    let plan = house.front.withLock { $0.plan }
    var memories: [String: [GraceMemory.Record]] = [:]
    for (listener, guestbook) in zip(plan.configuration.listeners, plan.guestbooks) {
      memories[listener.name] = guestbook?.records(at: .now)
    }
    return memories
  }

  /// Remembers what was saved; of listeners that are not there, or do not learn, nothing.
  public func restore(_ memories: [String: [GraceMemory.Record]]) {
    let plan = house.front.withLock { $0.plan }
    for (listener, guestbook) in zip(plan.configuration.listeners, plan.guestbooks) {
      guestbook?.restore(memories[listener.name] ?? [], at: .now)
    }
  }

  /// A sentence for each server that is down now, or has addresses that are.
  public var troubles: [String] { house.front.withLock { $0.plan }.troubles }

  /// How many clients are connected now.
  public var connectionCount: Int { house.connectionCount }
}
