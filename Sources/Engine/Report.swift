public import Routing
public import Sessions
public import Wire

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
