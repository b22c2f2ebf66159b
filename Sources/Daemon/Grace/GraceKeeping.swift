import Engine
import Kernel
import Logging
import Routing
import SystemPackage

/// Keeps what is remembered of clients over a restart: read at the start, written now and then and at the end, by threads that
/// no client waits for.
final class GraceKeeping: Sendable {
  private let pool: WorkerPool
  private let logger: Logger
  /// Where to, as the rules say now; nil is nowhere.
  private let path: Monitor<String?>
  /// One writes at a time; whether it failed last time, for that is said once.
  private let hasFailed = Monitor(false)

  /// What a crash may cost.
  private static var interval: UInt32 { 300_000 }

  init(_ pool: WorkerPool, path: String?, logger: Logger) {
    self.pool = pool
    self.logger = logger
    self.path = Monitor(path)
  }

  /// Reads what an earlier process has written, and begins to write.
  func begin() {
    if let path = path.withLock({ $0 }) { read(path) }
    Thread.detach("usher-state") { [self] in
      while true {
        pause(milliseconds: Self.interval)
        save()
      }
    }
  }

  /// From now on it is written there.
  func change(to path: String?) { self.path.withLock { $0 = path } }

  private func read(_ path: String) {
    do {
      let bytes = try File.contents(of: path, atMost: GraceState.largest)
      let state = try GraceState(bytes, at: .now)
      pool.restore(state.memories)
      logger.info("of \(state.memories.values.reduce(0) { $0 + $1.count }) clients it is remembered how they begin")
    } catch let errno as Errno where errno == .noSuchFileOrDirectory {
      // The first start.
    } catch {
      logger.warning("settings: state: \(path.printable) cannot be used, and all clients are strangers: \(error)")
    }
  }

  /// Writes what is remembered now.
  func save() {
    guard let path = path.withLock({ $0 }) else { return }
    let memories = pool.memories
    // Where nobody learns, there is nothing to write, and what was written may be of use again.
    guard !memories.isEmpty else { return }
    hasFailed.withLock { hasFailed in
      do throws(Errno) {
        try File.replace(path, with: GraceState(memories).bytes(at: .now))
        hasFailed = false
      } catch {
        if !hasFailed { logger.warning("settings: state: \(path.printable) cannot be written: \(error)") }
        hasFailed = true
      }
    }
  }
}
