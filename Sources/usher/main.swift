// The command line: words become values, and Daemon does the work.

import ArgumentParser
import Daemon
import Glibc

/// Prints what is to be said of the words, and answers with the exit code.
private func refuse(_ error: any Error) -> Int32 {
  let isHelp = Usher.exitCode(for: error).isSuccess
  let text = Usher.fullMessage(for: error)
  if !text.isEmpty { (isHelp ? Output.standard : .errors).line(text) }
  return isHelp ? Outcome.fine.rawValue : Outcome.wrongWords.rawValue
}

/// A command of usher: it says how it ended.
protocol Command: ParsableCommand {
  func perform() -> Outcome
}

/// A service manager's words, `run FILE`, are understood without the parser: building its tree of commands takes as long as
/// all the rest until usher listens.
private func runsAtOnce(_ arguments: [String]) -> Service? {
  guard arguments.count == 2, arguments[0] == "run", !arguments[1].hasPrefix("-") else { return nil }
  return Service(file: arguments[1], logFormat: nil, logLevel: nil)
}

private func perform(_ arguments: [String]) -> Int32 {
  if let service = runsAtOnce(arguments) { return service.run().rawValue }
  do {
    let command = try Usher.parseAsRoot(arguments)
    if let command = command as? any Command { return command.perform().rawValue }
    // What is left is the parser's own: help, completions.
    var builtIn = command
    try builtIn.run()
    return Outcome.fine.rawValue
  } catch {
    return refuse(error)
  }
}

exit(perform(Array(CommandLine.arguments.dropFirst())))
