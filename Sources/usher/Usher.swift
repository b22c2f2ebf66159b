import ArgumentParser
import Daemon
import Routing

struct Usher: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usher",
    abstract: "Shows the clients of one TCP port to the right server: TLS, STARTTLS and plaintext mail on one port.",
    discussion: """
      usher looks at what a client says first, or notices that it says nothing, and hands it to one of the servers that \
      a rules file names. Nothing changes on those servers.

      To see it work, without any file:
        usher demo

      To put it to work:
        usher check rules.yaml              is the file right?
        usher check --connect rules.yaml    are the servers as it says?
        usher explain rules.yaml --silent --helo a.example --command MAIL
                                            where would this client go, and why?
        usher run rules.yaml                go

      The rules file is described in usher-rules(5).
      Exit codes: 0 fine, 1 the rules file is wrong, 2 the command line is wrong, 3 the world is wrong (a port is taken, \
      a certificate cannot be read, a server is down).
      """,
    version: version,
    subcommands: [Run.self, Check.self, Explain.self, Grace.self, Demo.self])
}

extension Settings.Log.Format: ExpressibleByArgument {}
extension Settings.Log.Level: ExpressibleByArgument {}

struct RulesFileArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The rules file, in YAML; - is the standard input.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String
}
