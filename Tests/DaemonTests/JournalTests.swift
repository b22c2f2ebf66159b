import Engine
import Kernel
import Logging
import Routing
import Testing

@testable import Daemon

@Suite struct JournalTests {
  /// What was written, and a gate that holds the writer up.
  private final class Page: Sendable {
    private let bytes = Monitor<[UInt8]>([])
    private let isOpen: Monitor<Bool>
    private let writes = Monitor(0)

    init(isOpen: Bool) { self.isOpen = Monitor(isOpen) }

    func write(_ more: [UInt8]) {
      writes.change { $0 += 1 }
      isOpen.wait(until: { $0 }) { _ in }
      bytes.change { $0 += more }
    }

    func open() { isOpen.change { $0 = true } }
    func waitForWrite() { writes.wait(until: { $0 > 0 }) { _ in } }
    /// Without the time in front.
    var lines: [String] {
      String(decoding: bytes.withLock { $0 }, as: UTF8.self).split(separator: "\n").map { String($0.dropFirst(25)) }
    }
  }

  private func journal(_ page: Page, atMost most: Int = 100, level: Settings.Log.Level = .debug) -> Journal {
    Journal(Journal.Style(format: .text, level: level), atMost: most, forJournal: false) { page.write($0) }
  }

  @Test func linesStandInTheirOrderAndNoneIsLeftAtTheEnd() {
    let page = Page(isOpen: true)
    let journal = journal(page, atMost: 1000)
    for number in 0..<1000 { journal.add(.message(.info, "line \(number)", [])) }
    journal.close()
    #expect(page.lines == (0..<1000).map { "info line \($0)" })
  }

  @Test func aWriterThatHangsHoldsNobodyUpAndWhatIsLostIsCounted() {
    let page = Page(isOpen: false)
    let journal = journal(page, atMost: 3)
    journal.add(.message(.info, "first", []))
    page.waitForWrite()
    for number in 0..<5 { journal.add(.message(.info, "line \(number)", [])) }
    page.open()
    journal.close()
    #expect(
      page.lines == [
        "info first", "info line 0", "info line 1", "info line 2",
        "warning 2 lines of the log were lost: they came faster than they could be written",
      ])
  }

  @Test(arguments: [
    (Settings.Log.Level.debug, ["debug d", "info i", "warning w", "error e"]),
    (.info, ["info i", "warning w", "error e"]), (.warning, ["warning w", "error e"]), (.error, ["error e"]),
  ]) func onlyWhatWeighsEnoughIsWritten(level: Settings.Log.Level, lines: [String]) {
    let page = Page(isOpen: true)
    let journal = journal(page, level: level)
    let log = EngineLog(journal)
    for (level, message) in [(Notice.Level.debug, "d"), (.info, "i"), (.warning, "w"), (.error, "e")] {
      log.noticed(Notice(level: level, message: message))
    }
    journal.close()
    #expect(page.lines == lines)
  }

  @Test func aConnectionIsInfo() {
    let pages = [Page(isOpen: true), Page(isOpen: true)]
    for (page, level) in zip(pages, [Settings.Log.Level.info, .warning]) {
      let journal = journal(page, level: level)
      EngineLog(journal).ended(.example)
      journal.close()
    }
    #expect(pages.map { $0.lines.count } == [1, 0])
  }

  @Test func swiftLogWritesThroughIt() {
    let page = Page(isOpen: true)
    let journal = journal(page)
    var logger = Logger(label: "usher") { _ in JournalHandler(journal) }
    logger[metadataKey: "b"] = "of the logger"
    logger.notice("a sentence\n", metadata: ["a": "of \"the\" line", "c": .stringConvertible(1)])
    journal.close()
    #expect(page.lines == [#"info a sentence\n a="of \"the\" line" b="of the logger" c=1"#])
  }

  @Test func theStyleCanChange() {
    let page = Page(isOpen: true)
    let journal = journal(page, level: .error)
    journal.change(to: Journal.Style(format: .json, level: .info))
    EngineLog(journal).noticed(Notice(level: .info, message: "m"))
    journal.close()
    // What is left of {"time":"2026-11-21T08:56:21.123Z",… without its first 25 characters.
    #expect(page.lines.allSatisfy { $0.hasSuffix(#""level":"info","message":"m"}"#) } && page.lines.count == 1)
  }
}
