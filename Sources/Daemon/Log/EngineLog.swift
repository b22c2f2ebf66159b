public import Engine
public import Wire

/// What the engine tells, as lines of the log.
public struct EngineLog: Observer {
  private let journal: Journal

  /// - Parameter journal: where lines go.
  public init(_ journal: Journal) { self.journal = journal }

  public func opened(listener: String, at door: Endpoint) {
    guard journal.takes(.info) else { return }
    journal.add(.message(.info, "listening", [("listener", listener), ("address", door.description)]))
  }

  public func ended(_ connection: ConnectionReport) {
    if journal.takes(.info) { journal.add(.connection(connection)) }
  }

  public func noticed(_ notice: Notice) {
    let level = LogLine.Level(notice.level)
    if journal.takes(level) { journal.add(.message(level, notice.message, [])) }
  }
}
