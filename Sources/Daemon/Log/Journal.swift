import Engine
import Kernel
public import Routing

/// The log: lines are handed over by any thread and written by one of its own, so that no event loop waits for a disk.
///
/// What waits is bounded. When the writer is too slow, lines are lost, counted, and the number is written.
public final class Journal: Sendable {
  /// What a line is made of.
  enum Entry: Sendable {
    case connection(ConnectionReport)
    case message(LogLine.Level, String, [(key: String, value: String)])
  }

  private struct Queue: Sendable {
    var entries: [(WallTime, Entry)] = []
    var lost = 0
    var isClosing = false
  }

  /// What is written; may change while the process runs.
  public struct Style: Sendable, Hashable {
    public var format: Settings.Log.Format
    /// The least that is written.
    public var level: Settings.Log.Level

    public init(format: Settings.Log.Format, level: Settings.Log.Level) {
      self.format = format
      self.level = level
    }
  }

  private let queue = Monitor(Queue())
  private let style: Monitor<Style>
  private let most: Int
  private let write: @Sendable ([UInt8]) -> Void
  private let forJournal: Bool
  private let writer = Monitor<Thread?>(nil)

  /// - Parameters:
  ///   - style: what is written.
  ///   - most: how many lines may wait.
  ///   - forJournal: whether systemd's journal reads it.
  ///   - write: takes whole lines; may take its time.
  public init(
    _ style: Style, atMost most: Int, forJournal: Bool, write: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.style = Monitor(style)
    self.most = most
    self.forJournal = forJournal
    self.write = write
    let thread = Thread("usher-log") { [self] in run() }
    writer.withLock { $0 = thread }
  }

  /// Hands a line over, without waiting.
  func add(_ entry: Entry) {
    let now = WallTime.now
    queue.change { queue in
      if queue.entries.count < most { queue.entries.append((now, entry)) } else { queue.lost += 1 }
    }
  }

  /// Whether lines of that level are written.
  func takes(_ level: LogLine.Level) -> Bool { style.withLock { level.severity >= $0.level.severity } }

  /// From the next lines on.
  public func change(to new: Style) { style.withLock { $0 = new } }

  /// Writes what waits, and ends. Lines that are handed over later are lost.
  public func close() {
    queue.change { $0.isClosing = true }
    writer.withLock { thread in thread.take() }?.join()
  }

  private func run() {
    while true {
      let batch = queue.wait(until: { !$0.entries.isEmpty || $0.isClosing }) { queue in
        let batch = queue
        queue.entries = []
        queue.lost = 0
        return batch
      }
      write(bytes(of: batch))
      if batch.isClosing { return }
      // Under load one write takes many lines, and an event loop that hands over a line seldom has to wake this thread.
      pause(milliseconds: 20)
    }
  }

  private func bytes(of batch: Queue) -> [UInt8] {
    let style = self.style.withLock { $0 }
    var bytes = batch.entries.flatMap { line(at: $0, style, $1) }
    if batch.lost > 0 {
      let message = "\(batch.lost) lines of the log were lost: they came faster than they could be written"
      bytes += line(at: .now, style, .message(.warning, message, []))
    }
    return bytes
  }

  private func line(at time: WallTime, _ style: Style, _ entry: Entry) -> [UInt8] {
    switch entry {
    case .connection(let report):
      var line = LogLine(style.format, forJournal: forJournal, time: time, level: .info)
      line.add(report)
      line.end()
      return line.bytes
    case .message(let level, let sentence, let fields):
      var line = LogLine(style.format, forJournal: forJournal, time: time, level: level)
      line.addMessage(sentence)
      for field in fields { line.add(field.key, field.value) }
      line.end()
      return line.bytes
    }
  }
}
