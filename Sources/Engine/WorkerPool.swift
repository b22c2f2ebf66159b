import Kernel
public import Routing
import Synchronization
import SystemPackage
import TLS
import Wire

/// The engine: one thread a core, each with its epoll, its connections and its share of the doors.
public final class WorkerPool: Sendable {
  private let house: House
  private let plan: Mutex<Plan>
  private let hasBeenDrained = Flag()

  /// Opens the doors of the configuration, but does not accept yet, so that privileges can be dropped in between.
  /// - Parameters:
  ///   - configuration: what to do.
  ///   - hostname: the name that usher greets with when it must do so itself.
  ///   - observer: who is told; called from the threads, must not block for long.
  public init(configuration: Configuration, hostname: String, observer: any Observer) throws(EngineError) {
    do throws(Errno) {
      house = try House(
        threads: configuration.settings.threads ?? Processors.count, hostname: hostname, observer: observer)
    } catch {
      throw EngineError(reason: "the threads cannot be prepared: \(error)")
    }
    plan = Mutex(try Plan(configuration, after: nil))
    tellOfDoors(of: plan.withLock { $0 }, butNot: nil)
  }

  /// Starts the threads.
  public func start() {
    let plan = self.plan.withLock { $0 }
    for number in house.mailboxes.indices {
      _ = Thread("usher-\(number)") { [house] in Worker.run(in: house, number: number, plan) }
    }
  }

  /// New connections get the new configuration, running ones keep theirs. Doors that both have stay open, new ones are
  /// opened first; when one cannot be, nothing changes.
  public func reload(_ configuration: Configuration) throws(EngineError) {
    let old = plan.withLock { $0 }
    let new = try Plan(configuration, after: old)
    plan.withLock { $0 = new }
    tellOfDoors(of: new, butNot: old)
    for mailbox in house.mailboxes { mailbox.post(.plan(new)) }
  }

  private func tellOfDoors(of plan: Plan, butNot old: Plan?) {
    for door in plan.doors where !(old?.doors.contains { $0.socket === door.socket } ?? false) {
      house.observer.opened(listener: plan.configuration.listeners[door.listener].name, at: door.socket.endpoint)
    }
  }

  /// Closes the doors and waits for the connections, at most for the time given, then ends those that are left.
  /// Returns when all threads are done. A second call from another thread ends at once.
  public func drain(within time: Duration) {
    let deadline = hasBeenDrained.turn(true) ? Instant.now + time : .now
    for mailbox in house.mailboxes { mailbox.post(.drain(until: deadline)) }
    house.waitForEnd()
  }

  /// Ends all connections at once.
  public func stop() { drain(within: .zero) }

  /// How many clients are connected now.
  public var connectionCount: Int { house.connectionCount }
}
