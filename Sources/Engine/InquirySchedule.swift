import Routing
import Wire

/// When which mail server is asked what it promises: soon again, but ever less often, while it gives no answer; now and
/// then after it gave one. Until then clients hear only what is certain without it.
struct InquirySchedule {
  /// How long after an answer a server is asked again: promises change when somebody changes its configuration.
  private static var refresh: Duration { .seconds(300) }
  /// How long after the first failure, and after the last of many: as patient as a service manager that restarts a server.
  private static var firstPause: Duration { .seconds(1) }
  private static var longestPause: Duration { .seconds(30) }

  private struct Entry {
    let server: ServerID
    /// `.never` while it is being asked.
    var due: Instant
    var pause = firstPause
  }

  private var entries: [Entry]
  /// When `takeDue` has something.
  private(set) var next: Instant

  /// - Parameters:
  ///   - servers: all of them are asked first at that time.
  init(of servers: [ServerID], from now: Instant) {
    entries = servers.map { Entry(server: $0, due: now) }
    next = entries.isEmpty ? .never : now
  }

  /// The servers that are to be asked now. The end of each inquiry must be told.
  mutating func takeDue(at now: Instant) -> [ServerID] {
    guard next <= now else { return [] }
    var due: [ServerID] = []
    for index in entries.indices where entries[index].due <= now {
      due.append(entries[index].server)
      entries[index].due = .never
    }
    plan()
    return due
  }

  /// The inquiry of that server is over.
  mutating func ended(_ server: ServerID, answered: Bool, at now: Instant) {
    guard let index = entries.firstIndex(where: { $0.server == server }) else { return }
    entries[index].due = now + (answered ? Self.refresh : entries[index].pause)
    entries[index].pause = answered ? Self.firstPause : min(entries[index].pause * 2, Self.longestPause)
    plan()
  }

  private mutating func plan() { next = entries.map(\.due).min() ?? .never }
}
