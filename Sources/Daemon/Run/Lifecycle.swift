import Engine
import Kernel
import Logging
import Routing
import RuleLanguage

/// A running service: it answers signals until one of them ends it.
///
/// - SIGTERM, SIGINT: the doors close, connections have `timeouts: drain` to end. A second one ends them at once.
/// - SIGHUP: the rules are read anew, certificates too. A file with an error changes nothing.
/// - SIGUSR1: says how it is.
final class Lifecycle: Sendable {
  private let service: Service
  private let pool: WorkerPool
  private let journal: Journal
  private let logger: Logger
  private let keeping: GraceKeeping
  private let manager = ServiceManager()
  private let started = WallTime.now
  private let configuration: Monitor<Configuration>
  /// How often it was told to stop.
  private let stops = Monitor(0)

  init(service: Service, pool: WorkerPool, journal: Journal, logger: Logger, configuration: Configuration) {
    self.service = service
    self.pool = pool
    self.journal = journal
    self.logger = logger
    keeping = GraceKeeping(pool, path: configuration.settings.state, logger: logger)
    self.configuration = Monitor(configuration)
  }

  /// Lets clients in, and returns when all connections are done.
  func live(_ signals: Signals) {
    Thread.detach("usher-signals") { [self] in
      while true { answer(signals.next()) }
    }
    keeping.begin()
    pool.start()
    tellReady()
    logger.info("ready, version \(version)")
    stops.wait(until: { $0 > 0 }) { _ in }
    let deadline = configuration.withLock { $0.settings.timeouts.drain }
    manager.tell(.stopping, status: "waiting for \(connections)")
    let patience = pool.connectionCount == 0 ? "" : ", \(connections) may take \(deadline.components.seconds) s to end"
    logger.info("stopping: the doors are closed\(patience)")
    pool.drain(within: deadline)
    keeping.save()
    logger.info("stopped")
  }

  private func answer(_ signal: Signals.Signal) {
    switch signal {
    case .hangUp: reload()
    case .user1: tellState()
    case .terminate, .interrupt:
      // The second one ends all at once.
      if stops.change({
        $0 += 1; return $0 > 1
      }) {
        pool.stop()
      }
    }
  }

  private func reload() {
    manager.tell(.reloading, status: "reading \(service.file.printable)")
    defer {
      tellReady()
      ResidentMemory.release()
    }
    let loading = Loading(service.file)
    if let failure = loading.failure { return keep("\(failure)") }
    for diagnostic in loading.file?.diagnostics ?? [] { say(diagnostic) }
    guard let new = loading.file?.configuration else { return keep("\(service.file) has errors") }
    do throws(EngineError) {
      try pool.reload(new)
    } catch {
      return keep(error.reason)
    }
    journal.change(to: service.style(new.settings))
    keeping.change(to: new.settings.state)
    let old = configuration.withLock { configuration in
      defer { configuration = new }
      return configuration
    }
    logger.info("the rules of \(service.file) are in force for new connections")
    for word in new.settings.needingRestart(since: old.settings) {
      logger.warning("settings: \(word) takes effect when usher is started anew")
    }
  }

  private func keep(_ reason: String) { logger.error("\(reason); the rules stay as they were") }

  private func say(_ diagnostic: Diagnostic) {
    let place = "\(diagnostic.file):\(diagnostic.line):\(diagnostic.column)"
    let help = diagnostic.help.map { " (\($0))" } ?? ""
    logger.log(level: diagnostic.severity == .error ? .error : .warning, "\(place): \(diagnostic.message)\(help)")
  }

  private func tellState() {
    let seconds = (WallTime.now.milliseconds - started.milliseconds) / 1000
    let state = ["\(connections), running for \(seconds) s, version \(version)"] + pool.troubles
    logger.notice("\(state.joined(separator: "; "))")
  }

  /// `1 connection`, `2 connections`.
  private var connections: String {
    let count = pool.connectionCount
    return "\(count) connection\(count == 1 ? "" : "s")"
  }

  private func tellReady() {
    let listeners = configuration.withLock { $0.listeners.map(\.name.printable).joined(separator: ", ") }
    manager.tell(.ready, status: "showing clients of \(listeners) to their servers")
  }
}

extension Settings {
  /// What a reload does not change.
  fileprivate func needingRestart(since old: Settings) -> [String] {
    let pairs: [(String, Bool)] = [
      ("threads", threads == old.threads), ("user", user == old.user), ("group", group == old.group),
      ("hostname", hostname == old.hostname),
    ]
    return pairs.filter { !$0.1 }.map(\.0)
  }
}
