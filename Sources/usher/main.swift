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

private func perform(_ arguments: [String]) -> Int32 {
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
