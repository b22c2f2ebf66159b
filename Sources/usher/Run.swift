import ArgumentParser
import Daemon
import Routing

struct Run: Command {
  static let configuration = CommandConfiguration(
    abstract: "Listen, and show clients to their servers.",
    discussion: """
      Opens the doors that the file names, gives up root for settings: user, and runs in the foreground until it is told \
      to stop. The log goes to the standard error: one line a connection, at its end.

      Signals:
        SIGTERM, SIGINT   close the doors and wait for the connections, at most settings: timeouts: drain;
                          a second one ends them at once
        SIGHUP            read the rules and certificates anew: new connections get them, running ones keep theirs,
                          and a file with an error changes nothing
        SIGUSR1           write a line about the state to the log

      Examples:
        usher run /etc/usher/rules.yaml
        usher run --log-format json --log-level warning rules.yaml
      """)

  @OptionGroup var rules: RulesFileArgument

  @Option(help: ArgumentHelp("The form of the log: text or json. Instead of settings: log: format.", valueName: "form"))
  var logFormat: Settings.Log.Format?

  @Option(
    help: ArgumentHelp(
      "The least that is logged: debug, info, warning or error. Instead of settings: log: level.", valueName: "level"))
  var logLevel: Settings.Log.Level?

  func perform() -> Outcome { Service(file: rules.file, logFormat: logFormat, logLevel: logLevel).run() }
}
