import ArgumentParser
import Daemon

struct Demo: Command {
  static let configuration = CommandConfiguration(
    abstract: "Show it at work: nothing to configure, nothing is touched.",
    discussion: """
      Starts a TLS end that behaves like stunnel, a mail server without TLS, and a listener on a port of 127.0.0.1 in front \
      of them, with a certificate that is thrown away. Prints the rules, the commands to try, and each decision. \
      Letters are thrown away.

      Without a terminal, or with --once, three built-in clients visit it: plaintext, STARTTLS, TLS at once. The exit \
      code says whether their letters arrived where the rules say.
      """)

  @Option(help: ArgumentHelp("The port of 127.0.0.1 to listen at; 0 is a free one.", valueName: "port"))
  var port: UInt16 = 2525

  @Flag(help: "Let the built-in clients visit it, and end.")
  var once = false

  func perform() -> Outcome {
    let isOnce = once || !Demonstration.isWatched
    // Nobody needs to know the port of a visit.
    return Demonstration(port: isOnce && port == 2525 ? 0 : port, isOnce: isOnce).run()
  }
}
