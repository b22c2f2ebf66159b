import Foundation

/// What a process has open: `/proc/PID/fd`.
struct Descriptors: Sendable, Equatable, CustomStringConvertible {
  /// How many ends of each pipe.
  private(set) var pipes: [String: Int] = [:]
  /// All else, by number, with what it is.
  private(set) var others: [String] = []

  init(of pid: pid_t) {
    let folder = "/proc/\(pid)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted() {
      // One that is closed meanwhile is nothing.
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)") else {
        continue
      }
      if target.hasPrefix("pipe:") { pipes[target, default: 0] += 1 } else { others.append("\(name) \(target)") }
    }
  }

  var description: String { "\(others)\npipes: \(pipes)" }
}
