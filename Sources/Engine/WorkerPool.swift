public import Routing
public import Sessions
public import Wire

/// The engine: one thread a core, each with its epoll, its connections and its share of the doors.
public final class WorkerPool: Sendable {
  /// Opens the doors of the configuration, but does not accept yet, so that privileges can be dropped in between.
  /// - Parameters:
  ///   - configuration: what to do.
  ///   - hostname: the name that usher greets with when it must do so itself.
  ///   - observer: who is told; called from the threads, must not block for long.
  public init(configuration: Configuration, hostname: String, observer: any Observer) throws(EngineError) {
    throw EngineError(reason: "to come")
  }

  /// Starts the threads.
  public func start() {}

  /// New connections get the new configuration, running ones keep theirs. Doors that both have stay open, new ones are
  /// opened first; when one cannot be, nothing changes.
  public func reload(_ configuration: Configuration) throws(EngineError) {}

  /// Closes the doors and waits for the connections, at most for the time given, then ends those that are left.
  /// Returns when all threads are done. A second call from another thread ends at once.
  public func drain(within time: Duration) {}

  /// Ends all connections at once.
  public func stop() {}

  /// How many clients are connected now.
  public var connectionCount: Int { 0 }
}

/// What the world refused: a port taken, a certificate unreadable, `transparent` without the right to it.
public struct EngineError: Error, Hashable, Sendable {
  /// In words, naming the thing and the reason.
  public let reason: String

  public init(reason: String) { self.reason = reason }
}

/// Who is told what happens. Called from the engine's threads.
public protocol Observer: Sendable {
  /// A door is open.
  func opened(listener: String, at door: Endpoint)
  /// A connection has ended.
  func ended(_ connection: ConnectionReport)
  /// Something that an operator wants to know happened: an overload began or ended, a server cannot be reached, …
  func noticed(_ notice: Notice)
}

/// A connection at its end: what its one log line is made of.
public struct ConnectionReport: Sendable {
  public var summary: Summary
  /// The configuration that it lived under; it has the names of listener, rule and server.
  public var configuration: Configuration
  /// Where the server was, when one was reached.
  public var serverAddress: Endpoint?
  /// Bytes of the client, and to the client, as on its socket.
  public var bytesFromClient: UInt64
  public var bytesToClient: UInt64
  /// From accept to the end.
  public var duration: Duration
  /// How it ended, in one of a few fixed words: `closed`, `reset-by-client`, `reset-by-server`, `idle`, `stopped`, or the
  /// `Summary.Ending` where no relay came about.
  public var ending: String

  public init(
    summary: Summary, configuration: Configuration, serverAddress: Endpoint?, bytesFromClient: UInt64,
    bytesToClient: UInt64, duration: Duration, ending: String
  ) {
    self.summary = summary
    self.configuration = configuration
    self.serverAddress = serverAddress
    self.bytesFromClient = bytesFromClient
    self.bytesToClient = bytesToClient
    self.duration = duration
    self.ending = ending
  }
}

/// Something that an operator wants to know.
public struct Notice: Sendable, Hashable {
  /// How urgent.
  public enum Level: String, Sendable, Hashable { case debug, info, warning, error }
  public var level: Level
  /// A sentence.
  public var message: String

  public init(level: Level, message: String) {
    self.level = level
    self.message = message
  }
}
