import ArgumentParser
import Daemon

struct Check: Command {
  static let configuration = CommandConfiguration(
    abstract: "Say all that is wrong with a rules file.",
    discussion: """
      Reads the file as `usher run` would, and prints every error and warning with its line. Opens the certificates, and \
      says when they expire. Listens nowhere.

      Exit codes: 0 the file can be used, 1 it has errors (with --strict, or warnings), 3 a certificate, a user or the \
      file itself is not there.

      Examples:
        usher check /etc/usher/rules.yaml
        usher check --strict --format json rules.yaml
      """)

  @OptionGroup var rules: RulesFileArgument

  @Option(help: ArgumentHelp("How to print: text or json.", valueName: "form"))
  var format: OutputFormat = .text

  @Flag(help: "Take warnings for errors.")
  var strict = false

  func perform() -> Outcome { Checking(file: rules.file, format: format, isStrict: strict).run() }
}

extension OutputFormat: ExpressibleByArgument {}
