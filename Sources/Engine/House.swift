import Kernel
import Synchronization
import SystemPackage
import Wire

/// What the threads of one pool share.
final class House: Sendable {
  let hostname: String
  let observer: any Observer
  /// One for each thread.
  let mailboxes: [Mailbox]
  /// How many threads work.
  private let working: Atomic<Int>
  private let allEnded: Wakeup
  /// Whether there are as many clients as may be.
  let isFull = Flag()
  /// Whether descriptors or memory have run out.
  let isExhausted = Flag()

  init(threads: Int, hostname: String, observer: any Observer) throws(Errno) {
    self.hostname = hostname
    self.observer = observer
    var mailboxes: [Mailbox] = []
    for _ in 0..<threads { mailboxes.append(try Mailbox()) }
    self.mailboxes = mailboxes
    working = Atomic(threads)
    allEnded = try Wakeup()
  }

  /// How many connections there are.
  var connectionCount: Int { mailboxes.reduce(0) { $0 + $1.load.value } }

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
}
