import Engine
import Kernel
import Logging
public import Routing
import Sessions
import Wire

/// `usher run`: from a rules file to the last connection.
public struct Service: Sendable {
  /// The rules file; `-` is the standard input, which cannot be read again.
  public var file: String
  /// Instead of the file's.
  public var logFormat: Settings.Log.Format?
  /// Instead of the file's.
  public var logLevel: Settings.Log.Level?

  public init(file: String, logFormat: Settings.Log.Format?, logLevel: Settings.Log.Level?) {
    self.file = file
    self.logFormat = logFormat
    self.logLevel = logLevel
  }

  /// Runs until it is told to stop. To be called before any thread is started.
  public func run() -> Outcome {
    let signals = Signals([.hangUp, .interrupt, .user1, .terminate])
    let errors = Output.errors
    switch Loading(file).configuration(saying: errors, warnings: true) {
    case .failure(let ended): return ended.code
    case .success(let configuration):
      let descriptors = DescriptorLimit.raise()
      let journal = Journal(
        style(configuration.settings), atMost: 8192, forJournal: Host.isJournal(2), write: { File.write($0, to: 2) })
      defer { journal.close() }
      let logger = Logger(label: "usher") { _ in JournalHandler(journal) }
      return serve(configuration, signals, journal, logger, descriptors: descriptors)
    }
  }

  func style(_ settings: Settings) -> Journal.Style {
    Journal.Style(format: logFormat ?? settings.log.format, level: logLevel ?? settings.log.level)
  }

  private func serve(
    _ configuration: Configuration, _ signals: Signals, _ journal: Journal, _ logger: Logger, descriptors: Int
  ) -> Outcome {
    let needed = configuration.mostDescriptors
    if descriptors < needed {
      logger.warning(
        "only \(descriptors) descriptors are allowed, and \(configuration.settings.limits.connections) connections may need \(needed): raise LimitNOFILE, or lower settings: limits: connections"
      )
    }
    do {
      let pool = try WorkerPool(
        configuration: configuration, hostname: configuration.settings.hostname ?? Host.name,
        relayMode: relayMode, observer: EngineLog(journal))
      try dropPrivileges(configuration, logger)
      let lifecycle = Lifecycle(
        service: self, pool: pool, journal: journal, logger: logger, configuration: configuration)
      lifecycle.live(signals)
      return .fine
    } catch let error as EngineError {
      logger.error("\(error.reason)")
    } catch {
      logger.error("\(error)")
    }
    return .wrongWorld
  }

  /// For tests: all that goes through usher can be copied, or spliced, whatever it is. USHER_RELAY is `copying` or `splicing`.
  private var relayMode: RelayMode { Host.environment("USHER_RELAY").flatMap(RelayMode.init) ?? .automatic }

  /// The doors are open, and what needs root is done. `transparent` asks for CAP_NET_ADMIN at every dial, so that one is
  /// kept where a server wants it; nothing else is.
  private func dropPrivileges(_ configuration: Configuration, _ logger: Logger) throws(Misfortune) {
    guard let user = configuration.settings.user else {
      if Privileges.isRoot { logger.warning("usher runs as root: name a user under settings: user") }
      return
    }
    let isTransparent = configuration.servers.contains { $0.clientAddress == .transparent }
    do {
      let account = try Account(user: user, group: configuration.settings.group)
      guard Privileges.isRoot || !account.isThisProcess else { return }
      try Privileges.become(account, keeping: isTransparent ? .networkAdministration : nil)
    } catch let error as UnknownAccount {
      throw Misfortune(reason: "settings: \(error.what): there is no \(error.what) \(error.name) on this machine")
    } catch {
      throw Misfortune(reason: "usher cannot become \(user): \(error); start it as root, or leave out settings: user")
    }
    let kept = isTransparent ? ", and keeps CAP_NET_ADMIN for client-address: transparent" : ""
    logger.info("usher is now \(user)\(kept)")
  }
}

/// What the world refused, in words.
struct Misfortune: Error, CustomStringConvertible {
  let reason: String
  var description: String { reason }
}

extension Configuration {
  /// A client, and two servers while it moves from one to the other; and some for the process itself. Pipes are taken when there are
  /// descriptors left.
  fileprivate var mostDescriptors: Int { settings.limits.connections * 3 + 64 }
}
