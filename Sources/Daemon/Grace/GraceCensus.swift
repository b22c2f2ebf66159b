import Routing

/// What a log tells of how the clients of one listener begin.
struct GraceCensus {
  let listener: String
  private(set) var connections = 0
  /// The times of the first and the last line.
  private(set) var from = ""
  private(set) var to = ""
  private(set) var tls = GraceSpans()
  private(set) var plaintext = GraceSpans()
  private(set) var late = GraceSpans()
  /// Of all that wanted TLS, in time or too late.
  private(set) var hellos = GraceSpans()
  private(set) var silent = 0
  /// What the silent ones waited, in tenths of a millisecond.
  private(set) var waited: UInt64 = 0
  /// The same wait for everyone, and the same as the floor of a grace that learns.
  private(set) var trials: [(fixed: GraceTrial, learning: GraceTrial)]

  init(of listener: String, graces: [Duration], longest: Duration) {
    self.listener = listener
    trials = graces.map { wait in
      (GraceTrial(.fixed(wait)), GraceTrial(Grace(floor: wait, max: longest, learns: true)))
    }
  }

  mutating func add(_ visit: GraceVisit) {
    if connections == 0 { from = visit.time }
    to = visit.time
    connections += 1
    switch visit.beginning {
    case .tls(let span):
      tls.add(span)
      hellos.add(span)
    case .plaintext(let span): plaintext.add(span)
    case .late(let span):
      late.add(span)
      hellos.add(span)
    case .silent(let wait):
      silent += 1
      waited += wait
    }
    for index in trials.indices {
      trials[index].fixed.add(visit)
      trials[index].learning.add(visit)
    }
  }
}
