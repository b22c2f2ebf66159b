import Engine
public import Logging
import Routing

/// The log as swift-log knows it: what libraries and the daemon itself say goes through here.
public struct JournalHandler: LogHandler {
  private let journal: Journal
  public var metadata: Logger.Metadata = [:]
  /// swift-log's own threshold; the journal's decides.
  public var logLevel = Logger.Level.trace

  /// - Parameter journal: where lines go.
  public init(_ journal: Journal) { self.journal = journal }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let level = LogLine.Level(event.level)
    guard journal.takes(level) else { return }
    let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let sorted = fields.sorted { $0.key < $1.key }.map { (key: $0.key, value: "\($0.value)") }
    journal.add(.message(level, event.message.description, sorted))
  }
}

extension LogLine.Level {
  init(_ level: Logger.Level) {
    switch level {
    case .trace, .debug: self = .debug
    case .info, .notice: self = .info
    case .warning: self = .warning
    case .error, .critical: self = .error
    }
  }

  init(_ level: Notice.Level) {
    switch level {
    case .debug: self = .debug
    case .info: self = .info
    case .warning: self = .warning
    case .error: self = .error
    }
  }
}
