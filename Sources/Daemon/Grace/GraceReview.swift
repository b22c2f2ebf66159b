import Kernel
import Routing
import SystemPackage

/// `usher grace`: what a log tells of how clients begin, and what another grace would have cost them.
public struct GraceReview: Sendable {
  /// A log of `usher run`; `-` is the standard input.
  public var file: String
  public var format: OutputFormat

  /// What is tried.
  static let graces: [Duration] = [50, 100, 200, 300, 500, 1000].map { .milliseconds($0) }
  /// The `max` of a grace that learns, as it is when nothing is said.
  static let longest = Duration.seconds(1)
  /// No line of a log is longer; one that is, is none.
  private static let longestLine = 65_536

  public init(file: String, format: OutputFormat) {
    self.file = file
    self.format = format
  }

  /// Reads the log, and prints what it tells.
  public func run() -> Outcome {
    let errors = Output.errors
    var reading = GraceReading()
    do throws(Errno) {
      try File.forEachLine(of: file, longest: Self.longestLine) { reading.add($0) }
    } catch {
      errors.line("\(errors.paint("error:", .boldRed)) \(file.printable) cannot be read: \(error)")
      return .wrongWorld
    }
    switch format {
    case .json: Output.standard.line(JSON.object([("listeners", .list(reading.censuses.map(\.json)))]).text)
    case .text:
      guard !reading.censuses.isEmpty else {
        errors.line(
          "\(errors.paint("error:", .boldRed)) \(file.printable) has no line of a connection that tells how its client "
            + "began: usher writes one at the end of each, with settings: log: level info or debug")
        return .wrongWorld
      }
      Output.standard.write(reading.censuses.map { $0.picture(Output.standard) }.joined(separator: "\n"))
    }
    return .fine
  }
}

/// The listeners of a log, in the order in which they come.
struct GraceReading {
  private(set) var censuses: [GraceCensus] = []

  mutating func add(_ line: ArraySlice<UInt8>) {
    guard let visit = LogFields(line).flatMap(GraceVisit.init) else { return }
    let index = censuses.firstIndex { $0.listener == visit.listener } ?? censuses.count
    if index == censuses.count {
      censuses.append(GraceCensus(of: visit.listener, graces: GraceReview.graces, longest: GraceReview.longest))
    }
    censuses[index].add(visit)
  }
}
