import Routing
import Wire

// The picture that `usher grace` prints.
//
//     smtp: 7 connections, 2026-11-21T08:00:01.000Z to 2026-11-21T08:00:08.000Z
//
//       first byte after        TLS plaintext  too late
//                 < 1 ms          1         0         0  ████████████████████
//       …
//       3 connections wanted TLS: …
//
//       what it would have been with     one wait for all                learn, max 1s
//       …

extension GraceCensus {
  /// Characters of the longest bar.
  private static let longestBar = 40

  func picture(_ output: Output) -> String {
    let title = "\(output.paint(listener.printable, .bold)): \(connections.counted("connection"))"
    let span = "\(from.printable) to \(to.printable)"
    let lines = ["\(title), \(span)", ""] + bars(output) + [""] + sentences(output) + [""] + table(output)
    return lines.map { $0.isEmpty ? "\n" : "\($0.trimmingSpaces)\n" }.joined()
  }

  // MARK: When they spoke

  private func bars(_ output: Output) -> [String] {
    let kinds: [(counts: [Int], colour: Colour)] = [
      (tls.counts, .green), (plaintext.counts, .yellow), (late.counts, .red),
    ]
    let totals = GraceSpans.limits.indices.map { index in kinds.reduce(0) { $0 + $1.counts[index] } }
    let beyond = kinds.reduce(0) { $0 + $1.counts[GraceSpans.limits.count] }
    let all = totals + [beyond]
    let head = "  first byte after " + ["TLS", "plaintext", "too late"].map { $0.aligned(to: 10) }.joined()
    guard let last = all.lastIndex(where: { $0 > 0 }) else {
      return [head + output.paint("  nobody spoke first", .dim)]
    }
    let most = all.max() ?? 1
    return [output.paint(head, .dim)]
      + (0...last).map { index in
        let numbers = kinds.map { "\($0.counts[index])".aligned(to: 10) }.joined()
        let bar = kinds.map { kind in
          output.paint(Self.bar(kind.counts[index], of: most), kind.colour)
        }.joined()
        return "  \(Self.label(index).aligned(to: 16)) \(numbers)  \(bar)"
      }
  }

  /// At least a little of what is there at all.
  private static func bar(_ count: Int, of most: Int) -> String {
    count == 0 ? "" : String(repeating: "█", count: max(1, count * longestBar / most))
  }

  private static func label(_ index: Int) -> String {
    let limits = GraceSpans.limits
    return index < limits.count ? "< \(limits[index] / 10) ms" : "later"
  }

  // MARK: What it was

  private func sentences(_ output: Output) -> [String] {
    (hellos.count == 0 ? ["  Nobody wanted TLS."] : aboutTLS(output)) + (silent == 0 ? [] : [aboutSilence])
  }

  private func aboutTLS(_ output: Output) -> [String] {
    let (half, most, all) = (hellos.within(percent: 50), hellos.within(percent: 99), hellos.within(percent: 100))
    let words =
      "  \(late.count == 0 ? "None" : "\(late.count)") of them \(late.count > 1 ? "were" : "was") greeted too early."
    return [
      "  \(hellos.count.counted("connection")) wanted TLS: half began within \(half.inTenths) ms, 99 % within "
        + "\(most.inTenths) ms, all within \(all.inTenths) ms.",
      late.count == 0 ? words : output.paint(words, .boldRed),
    ]
  }

  private var aboutSilence: String {
    let known = trials.first?.learning.known ?? 0
    return "  \(silent.counted("connection")) stayed silent and waited \(waited.mean(over: silent)) ms on average, "
      + "\(waited.seconds) s in all; learn would have known \(known == 0 ? "none" : "\(known)") of them."
  }

  // MARK: What it could have been

  private func table(_ output: Output) -> [String] {
    let heads = [
      "  what it would have been with" + "one wait for all".aligned(to: 21) + "learn, max 1s".aligned(to: 29),
      "  grace / floor" + ["too early", "silent wait", "in all"].map { $0.aligned(to: 13) }.joined()
        + ["too early", "silent wait", "in all"].map { $0.aligned(to: 13) }.joined(),
    ]
    return heads.map { output.paint($0, .dim) }
      + trials.map { fixed, learning in
        let name = "\(fixed.grace.floor.milliseconds.whole) ms".aligned(to: 15)
        return name + cells(fixed, output) + cells(learning, output)
      }
  }

  private func cells(_ trial: GraceTrial, _ output: Output) -> String {
    let early = "\(trial.misjudged)".aligned(to: 13)
    let mean = silent == 0 ? "-" : "\(trial.waited.mean(over: silent)) ms"
    return output.paint(early, trial.misjudged == 0 ? .green : .red) + mean.aligned(to: 13)
      + "\(trial.waited.seconds) s".aligned(to: 13)
  }
}

extension GraceCensus {
  var json: JSON {
    .object([
      ("listener", .text(listener)), ("connections", .number(connections)), ("from", .text(from)), ("to", .text(to)),
      ("tls", tls.json), ("plaintext", plaintext.json), ("late", late.json),
      (
        "silent",
        .object([
          ("count", .number(silent)), ("known", .number(trials.first?.learning.known ?? 0)),
          ("waited-ms", .milliseconds(waited.tenths)),
        ])
      ),
      ("graces", .list(trials.flatMap { [$0.fixed.json, $0.learning.json] })),
    ])
  }
}

extension GraceSpans {
  fileprivate var json: JSON {
    let ranges = zip(counts, Self.limits.map { $0 as UInt64? } + [nil]).filter { $0.0 > 0 }
    return .object([
      ("count", .number(count)),
      ("median-ms", count == 0 ? .null : .milliseconds(within(percent: 50).tenths)),
      ("p99-ms", count == 0 ? .null : .milliseconds(within(percent: 99).tenths)),
      ("most-ms", count == 0 ? .null : .milliseconds(within(percent: 100).tenths)),
      (
        "first-byte",
        .list(
          ranges.map { count, limit in
            .object([("below-ms", limit.map { .number(Int($0 / 10)) } ?? .null), ("count", .number(count))])
          })
      ),
    ])
  }
}

extension GraceTrial {
  fileprivate var json: JSON {
    .object([
      ("floor-ms", .milliseconds(grace.floor)), ("max-ms", .milliseconds(grace.max)), ("learn", .truth(grace.learns)),
      ("too-early", .number(misjudged)), ("silent-waited-ms", .milliseconds(waited.tenths)),
    ])
  }
}

extension UInt64 {
  /// Tenths of a millisecond as a duration.
  fileprivate var tenths: Duration { .microseconds(Int64(clamping: self)) * 100 }
  fileprivate var inTenths: String { tenths.millisecondsText }
  fileprivate func mean(over count: Int) -> String { (self / UInt64(Swift.max(1, count))).inTenths }
  /// With one digit: `12.3`.
  fileprivate var seconds: String { (self / 1000).inTenths }
}

extension Double {
  fileprivate var whole: Int { Int(self) }
}

extension Int {
  /// `1 client`, `2 clients`.
  fileprivate func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}

extension String {
  /// To the right.
  fileprivate func aligned(to width: Int) -> String {
    String(repeating: " ", count: Swift.max(1, width - count)) + self
  }
}
