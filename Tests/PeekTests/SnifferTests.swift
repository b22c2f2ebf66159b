import Peek
import Testing
import Wire

@Suite struct SnifferTests {
  /// What is seen of the bytes as they come one by one, and after how many of them it was settled.
  private func look(_ bytes: [UInt8]) -> (Sighting, Int) {
    var sniffer = Sniffer(largestHello: 1 << 16)
    var sighting = Sighting.undecided(couldBeTLS: .notYet)
    for count in 1...bytes.count {
      sighting = sniffer.look(at: bytes.span.extracting(first: count))
      if case .undecided = sighting { continue }
      return (sighting, count)
    }
    return (sighting, bytes.count)
  }

  @Test func fourBytesAreDecidedAtOnce() {
    let (sighting, count) = look(Array("HI\r\n".utf8))
    #expect(sighting == .unknown)
    #expect(count == 2)
  }
  @Test func sizes() {
    #expect(MemoryLayout<Sniffer>.size <= 56)
    #expect(MemoryLayout<ClientHello>.size == 8)
  }
}
