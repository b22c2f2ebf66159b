import ArgumentParser
import Daemon

struct Check: Command {
  static let configuration = CommandConfiguration(
    abstract: "Say all that is wrong with a rules file.",
    discussion: """
      Reads the file as `usher run` would, and prints every error and warning with its line. Opens the certificates, and \
      says when they expire. Listens nowhere.

      With --connect it talks to every server as a client from nowhere, in each way in which clients are shown to it, and \
      says what it found: whether it is there, what it promises, its certificate, whether it takes the client's address, and \
      whether it would relay for strangers. It asks with MAIL and RCPT, never with DATA.

      Exit codes: 0 the file can be used, 1 it has errors (with --strict, or warnings), 3 a certificate, a user or the \
      file itself is not there, or a server is not as the file says.

      Examples:
        usher check /etc/usher/rules.yaml
        usher check --connect rules.yaml
        usher check --strict --format json rules.yaml
      """)

  @OptionGroup var rules: RulesFileArgument

  @Flag(help: "Talk to every server, and say whether it is as the file says.")
  var connect = false

  @Option(help: ArgumentHelp("How to print: text or json.", valueName: "form"))
  var format: OutputFormat = .text

  @Flag(help: "Take warnings for errors.")
  var strict = false

  func perform() -> Outcome { Checking(file: rules.file, format: format, isStrict: strict, connects: connect).run() }
}

extension OutputFormat: ExpressibleByArgument {}
