import Kernel
import Routing
import RuleLanguage
import SystemPackage

/// A rules file, from the disk.
struct Loading: Sendable {
  /// What was read; nil when it could not be.
  let file: RulesFile?
  /// Why it could not be read.
  let failure: String?

  /// Enough for a hundred thousand rules; more is not a rules file.
  private static let largest = 64 << 20

  /// - Parameter path: as the user gave it; `-` is the standard input.
  init(_ path: String) {
    do {
      file = RulesFile(try File.contents(of: path, atMost: Loading.largest), name: path == "-" ? "stdin" : path)
      failure = nil
    } catch {
      file = nil
      failure = "\(path.printable) cannot be read: \(error)"
    }
  }

  /// Says what is to be said of it, and answers with its configuration, or with how the command ends.
  /// - Parameter warnings: whether they are to be said as well.
  func configuration(saying errors: Output, warnings: Bool) -> Result<Configuration, Ended> {
    guard let file else {
      errors.line("\(errors.paint("error:", .boldRed)) \(failure ?? "")")
      return .failure(Ended(.wrongWorld))
    }
    for diagnostic in file.diagnostics where warnings || diagnostic.severity == .error {
      errors.write(diagnostic.text(errors.isColoured ? .coloured : .plain))
    }
    guard let configuration = file.configuration else { return .failure(Ended(.wrongFile)) }
    return .success(configuration)
  }
}

/// A command that cannot go on.
struct Ended: Error {
  let code: Outcome
  init(_ code: Outcome) { self.code = code }
}
