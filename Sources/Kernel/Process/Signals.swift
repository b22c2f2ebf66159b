import Glibc

/// Signals that are waited for in a thread of their own: nothing runs in a signal's context.
public struct Signals: Sendable {
  /// One of them, by its number in Linux.
  public enum Signal: Int32, Sendable, Hashable, CaseIterable {
    case hangUp = 1
    case interrupt = 2
    case user1 = 10
    case terminate = 15
  }

  private let awaited: [Signal]

  /// Blocks these for this thread and all that it starts, so call it before any other thread is there; and ignores
  /// SIGPIPE, for a peer that is gone is an errno and not the end.
  public init(_ awaited: [Signal]) {
    self.awaited = awaited
    Signals.ignoreBrokenPipes()
    var set = self.set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// signal(2): writing to a peer that is gone is an error, and not the end of the process.
  public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Waits for the next one.
  public func next() -> Signal {
    var set = self.set
    while true {
      var number: Int32 = 0
      if sigwait(&set, &number) == 0, let signal = Signal(rawValue: number) { return signal }
    }
  }

  private var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in awaited { sigaddset(&set, signal.rawValue) }
    return set
  }
}
