import Kernel
import Routing
import Sessions
import Synchronization
import Wire

/// What is remembered of the clients of one listener, for `grace: { learn: true }`. All threads write into the same one, and it
/// goes from plan to plan by the listener's name; a listener that does not learn has none, and pays nothing.
final class Guestbook: Sendable {
  // One lock for all threads: it is held for a look at four places, twice a connection, some 50 ns each (docs/decisions/grace-memory.md).
  private let memory: Mutex<GraceMemory>

  /// Places, of 16 bytes: a mebibyte, taken at once. As many different clients fill four fifths of them.
  private static var clients: Int { 65_536 }
  /// Mail of some senders comes once a month.
  private static var lifetime: Duration { .seconds(31 * 86_400) }

  init() {
    memory = Mutex(GraceMemory(clients: Guestbook.clients, lifetime: Guestbook.lifetime, seed: .random(in: 0 ... .max)))
  }

  /// How that client began on earlier visits; nil when nothing is remembered.
  func habit(of client: IPAddress, at now: Instant) -> Grace.Habit? {
    memory.withLock { $0.habit(of: client, at: now) }
  }

  func learn(_ habit: Grace.Habit, of client: IPAddress, at now: Instant) {
    memory.withLock { $0.learn(habit, of: client, at: now) }
  }

  /// All that is remembered. A copy is read, so that no thread waits meanwhile.
  func records(at now: Instant) -> [GraceMemory.Record] { memory.withLock { $0 }.records(at: now) }

  func restore(_ records: [GraceMemory.Record], at now: Instant) { memory.withLock { $0.restore(records, at: now) } }
}

extension Worker {
  /// How long that client may stay silent. The kernel and the memory are asked where the listener wants it, and where it matters.
  /// - Parameter isUnderLoad: whether many are waited for.
  func grace(
    for client: Endpoint, _ socket: borrowing Descriptor, listener: Int, _ plan: Plan, isUnderLoad: Bool
  ) -> Duration {
    let grace = plan.configuration.listeners[listener].grace
    let habit = client.ip.flatMap { plan.guestbooks[listener]?.habit(of: $0, at: now) }
    let roundTrip = grace.asksForRoundTrip(habit: habit) ? roundTrip(to: client, socket) : nil
    return grace.wait(roundTrip: roundTrip, habit: habit, isUnderLoad: isUnderLoad)
  }

  /// Nil where the kernel could not measure it: a handshake that lost a packet is no measure (RFC 6298 §3).
  private func roundTrip(to client: Endpoint, _ socket: borrowing Descriptor) -> Duration? {
    // A Unix socket has none.
    guard client.ip != nil else { return .zero }
    guard let time = try? socket.roundTripTime(), time > .zero else { return nil }
    return time
  }

  /// The client is not counted any more when it has spoken, was greeted, or has gone.
  func noteEndOfGrace(of connection: inout Connection) {
    guard connection.isInGrace, connection.phase == .over || connection.conversation?.isInGrace != true else { return }
    connection.isInGrace = false
    house.graceEnded(ofAtMost: connection.edition.plan.configuration.settings.limits.connections)
  }

  /// What a visit has told is remembered for the next.
  func learn(from summary: Summary, _ plan: Plan) {
    guard let guestbook = plan.guestbooks[summary.listener], let client = summary.client.ip, let habit = summary.habit
    else { return }
    guestbook.learn(habit, of: client, at: now)
  }
}
