import ArgumentParser
import Daemon
import Wire

struct Explain: Command {
  static let configuration = CommandConfiguration(
    abstract: "Say where a client would go, and why.",
    discussion: """
      Tell of a client, in words or in the bytes that it sends, and see what each rule says of it, from which moment on, \
      and why the other rules were not the one. Nothing is connected to.

      A client begins in one of three ways: with a ClientHello (--tls), with plaintext before it is greeted (--early, or \
      --protocol for other protocols than mail), or it waits to be greeted (--silent, and what it says then: --helo, \
      --command, --mail-from, --starttls).

      Examples:
        usher explain rules.yaml --tls --sni mail.example
        usher explain rules.yaml --helo mail.example --mail-from a@b.example
        usher explain rules.yaml --helo mail.example --starttls
        usher explain rules.yaml --client 198.51.100.7 --protocol ssh
        usher explain rules.yaml --bytes hello.bin
        printf 'EHLO a\\r\\nAUTH PLAIN\\r\\n' |
          usher explain rules.yaml --silent --bytes -
      """)

  @OptionGroup var rules: RulesFileArgument

  @Option(help: ArgumentHelp("The listener at which it arrives, where the file has several.", valueName: "name"))
  var listener: String?

  @Option(
    help: ArgumentHelp("Where it comes from: an address, with or without a port, or unix:/path.", valueName: "address"))
  var client: ClientEnd = ClientEnd(endpoint: ImaginedClient.stranger)

  @Option(
    help: ArgumentHelp("Where it arrives, where that is not the first door of the listener.", valueName: "address"))
  var local: ClientEnd?

  @Flag(help: "It begins with a ClientHello.")
  var tls = false

  @Option(help: ArgumentHelp("The name in its ClientHello; may be given several times.", valueName: "name"))
  var sni: [String] = []

  @Option(help: ArgumentHelp("A protocol in its ClientHello; may be given several times.", valueName: "name"))
  var alpn: [String] = []

  @Option(help: ArgumentHelp("The highest version in its ClientHello: 1.3, 1.2, 1.1 or 1.0.", valueName: "version"))
  var tlsVersion: String?

  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp("It speaks that at once: http, ssh, smtp, … or unknown.", valueName: "name"))
  var protocolName: String?

  @Flag(help: "It speaks plaintext before it is greeted.")
  var early = false

  @Flag(help: "It says nothing during the grace.")
  var silent = false

  @Option(help: ArgumentHelp("The name that it gives in EHLO, after the greeting.", valueName: "name"))
  var helo: String?

  @Flag(name: .customLong("old-helo"), help: "It says HELO, not EHLO.")
  var oldHelo = false

  @Flag(help: "It says STARTTLS.")
  var starttls = false

  @Option(help: ArgumentHelp("Its first command after that: MAIL, AUTH, …", valueName: "verb"))
  var command: String?

  @Option(help: ArgumentHelp("The sender that its MAIL command names; <> is written ''.", valueName: "path"))
  var mailFrom: String?

  @Option(
    help: ArgumentHelp(
      """
      What it sends, raw or in hexadecimal: its first bytes or, with --silent, its lines after the greeting; \
      - is the standard input.
      """, valueName: "file"),
    completion: .file())
  var bytes: String?

  @Option(help: ArgumentHelp("How to print: text or json.", valueName: "form"))
  var format: OutputFormat = .text

  func validate() throws {
    if let tlsVersion, !["1.3", "1.2", "1.1", "1.0"].contains(tlsVersion) {
      throw ValidationError("--tls-version is 1.3, 1.2, 1.1 or 1.0, not '\(tlsVersion)'.")
    }
    if oldHelo, helo == nil { throw ValidationError("--old-helo needs --helo and a name.") }
    if bytes == "-", rules.file == "-" { throw ValidationError("Only one file can be the standard input.") }
  }

  func perform() -> Outcome {
    var imagined = ImaginedClient(address: client.endpoint)
    imagined.local = local?.endpoint
    imagined.beginsWithTLS = tls
    imagined.saysStartTLS = starttls
    imagined.serverNames = sni
    imagined.alpn = alpn
    imagined.tlsVersion = tlsVersion
    imagined.protocolName = protocolName
    imagined.isEarly = early
    imagined.isSilent = silent
    imagined.helo = helo
    imagined.saysHELO = oldHelo
    imagined.command = command
    imagined.mailFrom = mailFrom
    return Explaining(file: rules.file, listener: listener, client: imagined, bytes: bytes, format: format).run()
  }
}

/// An end of a connection, as people write it: the port does not matter, so it may be left out.
struct ClientEnd: ExpressibleByArgument {
  let endpoint: Endpoint

  init(endpoint: Endpoint) { self.endpoint = endpoint }

  init?(argument: String) {
    if let endpoint = Endpoint(argument) {
      self.endpoint = endpoint
    } else if let address = IPAddress(argument) {
      endpoint = .tcp(address, port: 40_000)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { endpoint.description }
}
