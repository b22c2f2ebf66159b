import Patterns
import Routing
import Sessions
import Wire

/// The configurations that transcripts name.
enum Doors {
  static func named(_ name: String) -> Configuration {
    switch name {
    case "wrapper": wrapper()
    case "wrapper greeter-capabilities": wrapper { $0.capabilities = .greeter }
    case "wrapper starttls-when-down hide": wrapper { $0.startTLSWhenDown = .hide }
    case "wrapper proxy-v2": wrapper(legacy: .proxyV2)
    case "wrapper transparent": wrapper(legacy: .transparent)
    case "wrapper xclient": wrapper(legacy: .xclient)
    case "wrapper proxy-v1": wrapper(legacy: .proxyV1)
    case "mirror": wrapper { $0.greeter = legacy }
    case "mirror xclient": wrapper(legacy: .xclient) { $0.greeter = legacy }
    case "two": two
    case "terminate": terminate(dialogue: .smtp)
    case "terminate web": terminate(dialogue: nil)
    case "submission": submission
    case "implicit only": implicitOnly
    case "implicit or vrfy": implicitOrVRFY
    case "web": web
    case "gate": gate
    case "tarpit": tarpit
    case "small limits": smallLimits
    case "first-bytes": firstBytes
    case "plain first": plainFirst
    case "tls xclient": tlsXCLIENT
    default: fatalError("no configuration is called \(name)")
    }
  }

  static let stunnel = ServerID(0)
  static let legacy = ServerID(1)
  static let other = ServerID(2)

  private static func servers(legacy address: ClientAddress = .hidden) -> [Server] {
    [
      Server(
        name: "stunnel", addresses: [Endpoint("127.0.0.1:2525")!], balance: .inOrder, tls: [.implicit, .startTLS],
        clientAddress: .hidden),
      Server(
        name: "legacy", addresses: [Endpoint("127.0.0.1:2526")!], balance: .inOrder, tls: [], clientAddress: address),
      Server(
        name: "other", addresses: [Endpoint("127.0.0.1:2527")!], balance: .inOrder, tls: [], clientAddress: .hidden),
    ]
  }

  private static func configuration(
    _ rules: [Rule], dialogue: DialogueName? = .smtp, greeter: ServerID? = stunnel, legacy: ClientAddress = .hidden,
    _ change: (inout Listener) -> Void = { _ in }
  ) -> Configuration {
    var listener = Listener(
      name: "smtp", doors: [.endpoint(Endpoint("192.0.2.25:25")!)], dialogue: dialogue,
      grace: .fixed(.milliseconds(300)),
      greeter: greeter, capabilities: .common, rules: RuleList(rules), certificates: [])
    change(&listener)
    return Configuration(listeners: [listener], servers: servers(legacy: legacy), settings: Settings())
  }

  private static func rule(_ name: String, _ condition: Condition?, _ action: Action) -> Rule {
    Rule(name: name, condition: condition, action: action)
  }

  private static let anyTLS = Condition.test(.tls([.implicit, .startTLS]))
  private static func pattern(_ text: String) -> Pattern { try! Pattern(text, ignoresCase: true) }

  private static func wrapper(
    legacy address: ClientAddress = .hidden, _ change: (inout Listener) -> Void = { _ in }
  ) -> Configuration {
    configuration(
      [
        rule("encrypted", anyTLS, .to(stunnel, terminatingTLS: false)),
        rule("everyone else", nil, .to(legacy, terminatingTLS: false)),
      ], legacy: address, change)
  }

  private static var two: Configuration {
    configuration([
      rule("encrypted", anyTLS, .to(stunnel, terminatingTLS: false)),
      rule("partners", .test(.helo([pattern("*.partner.example")])), .to(other, terminatingTLS: false)),
      rule("postmaster", .test(.mailFrom([pattern("postmaster@*")])), .to(other, terminatingTLS: false)),
      rule("everyone else", nil, .to(legacy, terminatingTLS: false)),
    ])
  }

  private static func terminate(dialogue: DialogueName?) -> Configuration {
    configuration(
      [
        rule("encrypted", anyTLS, .to(legacy, terminatingTLS: true)),
        rule("everyone else", nil, .to(legacy, terminatingTLS: false)),
      ], dialogue: dialogue, greeter: dialogue == nil ? nil : legacy)
  }

  private static var submission: Configuration {
    configuration(
      [
        rule("encrypted", anyTLS, .to(legacy, terminatingTLS: true)),
        rule("no password in clear", .test(.command(["AUTH"])), .reject("538 5.7.11 Encryption required")),
        rule("everyone else", nil, .to(legacy, terminatingTLS: false)),
      ], greeter: legacy)
  }

  private static var implicitOnly: Configuration {
    configuration([
      rule("encrypted", .test(.tls(.implicit)), .to(stunnel, terminatingTLS: false)),
      rule("everyone else", nil, .to(legacy, terminatingTLS: false)),
    ])
  }

  private static var implicitOrVRFY: Configuration {
    configuration([
      rule("encrypted", .test(.tls(.implicit)), .to(stunnel, terminatingTLS: false)),
      rule("curious", .test(.command(["VRFY"])), .to(other, terminatingTLS: false)),
      rule("everyone else", nil, .to(legacy, terminatingTLS: false)),
    ])
  }

  private static var web: Configuration {
    configuration(
      [
        rule("www", .test(.sni([pattern("www.example")])), .to(stunnel, terminatingTLS: false)),
        rule("tls for nobody", .test(.tls(.implicit)), .reject("no")),
        rule("ssh", .any([.test(.protocolName(["ssh"])), .test(.silent(true))]), .to(other, terminatingTLS: false)),
        rule("rest", nil, .drop),
      ], dialogue: nil, greeter: nil)
  }

  private static var gate: Configuration {
    configuration([
      rule("bad", .test(.client([Network("198.51.100.0/24")!])), .reject("554 5.7.1 No")),
      rule("early", .test(.early(true)), .reject("554 5.5.0 Speak when you are spoken to")),
      rule("friends", .test(.client([Network("192.0.2.0/24")!])), .to(other, terminatingTLS: false)),
      rule("encrypted", anyTLS, .to(stunnel, terminatingTLS: false)),
      rule("everyone else", nil, .to(legacy, terminatingTLS: false)),
    ])
  }

  private static var tarpit: Configuration {
    configuration([
      rule("early", .test(.early(true)), .reject("554 5.5.0 Speak when you are spoken to", tarpit: .seconds(20))),
      rule("no vrfy", .test(.command(["VRFY"])), .reject("252 2.5.0 Who knows", tarpit: .seconds(5))),
      rule("encrypted", anyTLS, .to(stunnel, terminatingTLS: false)),
      rule("everyone else", nil, .to(legacy, terminatingTLS: false)),
    ])
  }

  private static var smallLimits: Configuration {
    var configuration = wrapper()
    configuration.settings.limits.commandLine = 40
    configuration.settings.limits.commands = 3
    configuration.settings.limits.pipelined = 64
    configuration.settings.limits.hello = 300
    configuration.settings.limits.replyLine = 60
    configuration.settings.limits.replyLines = 3
    return configuration
  }

  private static var firstBytes: Configuration {
    configuration([
      rule("worm", .test(.firstBytes([try! Pattern("/^EHLO ylmf-pc\\r/i", ignoresCase: true)])), .drop),
      rule("encrypted", anyTLS, .to(stunnel, terminatingTLS: false)),
      rule("everyone else", nil, .to(legacy, terminatingTLS: false)),
    ])
  }

  /// Decided at accept, before anything can be known of TLS.
  private static var plainFirst: Configuration {
    configuration([
      rule("inside", .test(.client([Network("192.0.2.0/24")!])), .to(legacy, terminatingTLS: false)),
      rule("sniffer", .test(.client([Network("198.51.100.0/24")!])), .to(stunnel, terminatingTLS: false)),
      rule("everyone else", nil, .to(other, terminatingTLS: false)),
    ])
  }

  private static var tlsXCLIENT: Configuration {
    var configuration = wrapper()
    configuration.servers[0].clientAddress = .xclient
    return configuration
  }

  static func ruleName(_ session: Session, _ index: Int) -> String {
    session.rules[index].name
  }
}
