public import Dialogues
public import Routing

/// What all conversations of one thread and one configuration share. The engine makes one a thread and a configuration;
/// connections keep the one that they began with, so that a reload changes nothing for them.
public final class Context {
  public let configuration: Configuration
  /// The name that usher greets with when it must do so itself.
  public let hostname: String
  /// What each server promised last, by `ServerID.index`; nil while it is not known.
  public var promises: [Capabilities?]
  /// Whether no address of a server can be connected to, by `ServerID.index`, as far as health checks and clients have
  /// shown; kept by the engine.
  public var isDown: [Bool]

  public init(configuration: Configuration, hostname: String) {
    self.configuration = configuration
    self.hostname = hostname
    promises = Array(repeating: nil, count: configuration.servers.count)
    isDown = Array(repeating: false, count: configuration.servers.count)
  }
}
