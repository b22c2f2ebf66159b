import Testing
import Wire

@Suite struct LineBufferTests {
  private func lines(_ chunks: [[UInt8]], limit: Int = 20) -> [LineBuffer.Front] {
    var buffer = LineBuffer(longestLine: limit)
    var fronts: [LineBuffer.Front] = []
    for chunk in chunks {
      buffer.append(chunk.span)
      taking: while true {
        let front = buffer.next()
        switch front {
        case .line: fronts.append(front)
        case .partial: break taking
        case .tooLong: return fronts + [front]
        }
      }
    }
    return fronts
  }

  @Test func anySegmentationGivesTheSameLines() {
    let text = Array("EHLO a\r\nNOOP\n\r\n\nbare\rcr\r\nrest".utf8)
    let expected = ["EHLO a", "NOOP", "", "", "bare\rcr"].map { LineBuffer.Front.line(Array($0.utf8)) }
    for size in 1...text.count {
      let chunks = stride(from: 0, to: text.count, by: size).map { Array(text[$0..<min($0 + size, text.count)]) }
      #expect(lines(chunks) == expected, "segments of \(size)")
    }
  }

  @Test(arguments: [(20, "\r\n", true), (20, "\n", true), (21, "\r\n", false), (21, "\n", false)])
  func longestLineIsWithoutItsEnd(length: Int, end: String, fits: Bool) {
    let line = [UInt8](repeating: 65, count: length)
    #expect(lines([line + Array(end.utf8)]) == [fits ? .line(line) : .tooLong])
    #expect(lines((line + Array(end.utf8)).map { [$0] }) == [fits ? .line(line) : .tooLong])
  }

  @Test func endlessLineIsFoundOut() {
    #expect(lines([[UInt8](repeating: 65, count: 2_000_000)]) == [.tooLong])
  }

  @Test(arguments: 1...12) func takesBytesBetweenLines(count: Int) {
    var buffer = LineBuffer(longestLine: 20)
    buffer.append(Array("BDAT 4\r\n\r\nxxQUIT\r\n".utf8).span)
    #expect(buffer.next() == .line(Array("BDAT 4".utf8)))
    let rest = Array("\r\nxxQUIT\r\n".utf8)
    #expect(buffer.take(count) == Array(rest.prefix(count)))
    #expect(buffer.count == max(0, rest.count - count))
    buffer.append(Array("NOOP\r\n".utf8).span)
    #expect(buffer.takeAll() == rest.dropFirst(count) + Array("NOOP\r\n".utf8))
    #expect(buffer.take(count) == nil)
  }

  @Test func drainedOnlyWhenNothingWaits() {
    var buffer = LineBuffer(longestLine: 20)
    buffer.append(Array("STARTTLS\r\nEHLO injected\r\n".utf8).span)
    #expect(buffer.next() == .line(Array("STARTTLS".utf8)))
    #expect(isDrained(buffer) == false)
    #expect(buffer.takeAll() == Array("EHLO injected\r\n".utf8))
    #expect(isDrained(buffer))
  }

  private func isDrained(_ buffer: LineBuffer) -> Bool {
    switch buffer.drained() {
    case .some: true
    case .none: false
    }
  }
}

@Suite struct CursorTests {
  @Test func readsAndStops() {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    var cursor = Cursor(bytes.span)
    #expect(cursor.byte() == 1)
    #expect(cursor.uint16() == 0x0203)
    #expect(cursor.uint24() == 0x040506)
    #expect(cursor.uint24() == nil)
    #expect(cursor.remaining == 2)
    #expect(cursor.rest() == [7, 8])
    #expect(cursor.byte() == nil)
  }

  @Test func innerStructureCannotLeaveItsLength() {
    let bytes: [UInt8] = [2, 10, 11, 12]
    var cursor = Cursor(bytes.span)
    let length = cursor.byte()
    var inner = cursor.structure(Int(length ?? 0))
    #expect(inner?.uint24() == nil)
    #expect(inner?.uint16() == 0x0A0B)
    #expect(cursor.structure(2) == nil ? true : false)
    #expect(cursor.byte() == 12)
  }
}

@Suite struct InstantTests {
  @Test func endlessDurationsSaturate() {
    let far = Instant(nanoseconds: 5) + .seconds(Int64.max)
    #expect(far.nanoseconds == .max)
    #expect(Instant(nanoseconds: 1_500_000) - Instant(nanoseconds: 0) == .microseconds(1500))
  }
}
