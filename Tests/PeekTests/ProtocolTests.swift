import Testing
import Wire

@testable import Peek

@Suite struct ProtocolTests {
  @Test(arguments: Beginning.all) func theVerdictFallsAtTheBar(beginning: Beginning) {
    let seen = sightByteByByte(beginning.bytes)
    #expect(seen.sighting.words == beginning.name)
    #expect(seen.settled == beginning.settled)
  }

  @Test(arguments: PlaintextProtocol.all) func everyRowHasExamples(row: PlaintextProtocol) {
    #expect(Beginning.all.contains { $0.name == row.name })
  }

  @Test func everyExampleHasARow() {
    let names = Set(PlaintextProtocol.all.map(\.name) + ["unknown"])
    #expect(Set(Beginning.all.map(\.name)) == names)
    #expect(PlaintextProtocol.all.count == names.count - 1)
  }

  /// If two signatures could both fit, the shorter one would take what the longer one is for.
  @Test func noRowHidesAnother() {
    let rows = [("tls", Protocols.tls)] + Protocols.rows.map { ($0.name, $0.signatures) }
    for (index, (name, signatures)) in rows.enumerated() {
      for (otherName, others) in rows[(index + 1)...] {
        for (left, right) in signatures.flatMap({ left in others.map { (left, $0) } }) {
          let differ = zip(left, right).contains { pair in !pair.0.overlaps(pair.1) }
          #expect(differ, "\(name) and \(otherName) can begin alike")
        }
      }
    }
  }

  @Test func fourBytesAreDecidedAtOnce() {
    #expect(sight(Array("HI\r\n".utf8)) == .unknown)
  }

  /// Until a byte has come, anything can.
  @Test func nothingIsNothing() {
    #expect(sight([]) == .undecided(couldBeTLS: .notYet))
  }

  @Test func aRangeThatIsNoneTraps() async {
    await #expect(processExitsWith: .failure) { _ = Signature(bytes: "1G") }
  }
}

extension ByteSet {
  fileprivate func overlaps(_ other: ByteSet) -> Bool {
    (UInt8.min...UInt8.max).contains { contains($0) && other.contains($0) }
  }
}
