public import Dialogues
import Peek
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

  /// Whether the greeter can be the server that a plaintext client ends up with, by listener.
  let greeterTakesPlaintext: [Bool]
  /// The last reply to EHLO of each server, behind its first line, and what it promises.
  private var readReplies: [(lines: [UInt8], capabilities: Capabilities)?]

  public init(configuration: Configuration, hostname: String) {
    Sniffer.prepare()
    self.configuration = configuration
    self.hostname = hostname
    greeterTakesPlaintext = configuration.listeners.map { listener in
      let anyone = Facts(client: .unix(""), local: .unix(""), dialogue: true)
      return listener.greeter.map(listener.rules.plaintextServers(anyone).contains) ?? false
    }
    promises = Array(repeating: nil, count: configuration.servers.count)
    isDown = Array(repeating: false, count: configuration.servers.count)
    readReplies = Array(repeating: nil, count: configuration.servers.count)
  }

  /// What a reply to EHLO promises. A server says the same to most clients, so that it is read once.
  func capabilities(_ reply: Reply, of server: ServerID) -> Capabilities {
    if let last = readReplies[server.index], last.lines[...] == reply.furtherLines { return last.capabilities }
    let capabilities = Capabilities(reply)
    readReplies[server.index] = (Array(reply.furtherLines), capabilities)
    return capabilities
  }
}
