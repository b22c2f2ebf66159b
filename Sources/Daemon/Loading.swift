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
    errors.show(file.diagnostics.filter { warnings || $0.severity == .error })
    guard let configuration = file.configuration else { return .failure(Ended(.wrongFile)) }
    return .success(configuration)
  }
}

extension Output {
  /// Each is several lines, so there is a blank one between two.
  func show(_ diagnostics: [Diagnostic]) {
    write(diagnostics.map { $0.text(isColoured ? .coloured : .plain) }.joined(separator: "\n"))
  }
}

/// A command that cannot go on.
struct Ended: Error {
  let code: Outcome
  init(_ code: Outcome) { self.code = code }
}
