import ArgumentParser
import Daemon

struct Grace: Command {
  static let configuration = CommandConfiguration(
    abstract: "Say from a log how clients begin, and what another grace would have cost.",
    discussion: """
      Reads lines of connections, as `usher run` writes them, in text or JSON, with or without what a service manager puts in \
      front. Shows for each listener how long clients took to their first byte, how long the silent ones were waited for, and \
      who was greeted too early; and for other graces, with and without `learn`, what that would have been.

      Examples:
        usher grace /var/log/usher.log
        journalctl -u usher -o cat --since yesterday | usher grace -
        usher grace --format json /var/log/usher.log
      """)

  @Argument(
    help: ArgumentHelp("A log of `usher run`; - is the standard input.", valueName: "file"), completion: .file())
  var file: String

  @Option(help: ArgumentHelp("How to print: text or json.", valueName: "form"))
  var format: OutputFormat = .text

  func perform() -> Outcome { GraceReview(file: file, format: format).run() }
}
