import Peek
import Testing
import Wire

/// What holds of every input: answers never change, come as early as they can, and do not depend on how the bytes come.
@Suite struct SnifferLawTests {
  static let inputs =
    HelloFixture.all.map { Input(name: $0.name, bytes: $0.bytes) }
    + Beginning.all.map { Input(name: $0.testDescription, bytes: $0.bytes) }

  struct Input: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    var testDescription: String { name }
  }

  @Test(arguments: inputs) func anySegmentationSeesTheSame(input: Input) {
    let whole = sight(input.bytes)
    var dice = Dice(state: 1)
    for _ in 0..<(input.bytes.count > 2000 ? 2 : 20) {
      var sniffer = Sniffer(largestHello: largestHello)
      var count = 0
      var last = Sighting.undecided(couldBeTLS: .notYet)
      while count < input.bytes.count {
        count = min(input.bytes.count, count + Int.random(in: 1...max(2, input.bytes.count / 4), using: &dice))
        let next = sniffer.look(at: input.bytes.span.extracting(first: count))
        if last.isSettled { #expect(next == last) }
        #expect(next == sight(Array(input.bytes.prefix(count))))
        last = next
      }
      #expect(last == whole)
    }
  }

  @Test(arguments: inputs) func whatFollowsChangesNothing(input: Input) {
    let seen = sight(input.bytes)
    guard seen.isSettled else { return }
    var dice = Dice(state: 2)
    for _ in 0..<5 {
      let more = (0..<Int.random(in: 1...100, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
      #expect(sight(input.bytes + more) == seen)
    }
  }

  /// Early: while it is undecided whether a hello is right, there is one that begins so.
  @Test(arguments: HelloFixture.all.filter { !["tls", "too-large"].contains($0.verdict) })
  func whatIsNotBrokenCanBeMended(
    fixture: HelloFixture
  ) {
    let undecided = fixture.settled - (fixture.verdict == "incomplete" ? 0 : 1)
    for count in Set([undecided, undecided / 2, undecided * 3 / 4]) where count > 4 {
      #expect(mended(Array(fixture.bytes.prefix(count)))?.words == "tls", "after \(count) bytes")
    }
  }

  /// The end of the search for bytes that lead from a beginning to a hello: takes the first that breaks nothing.
  private func mended(_ beginning: [UInt8]) -> Sighting? {
    var bytes = beginning
    var sniffer = Sniffer(largestHello: largestHello)
    _ = sniffer.look(at: bytes.span)
    while bytes.count < 2 * largestHello + 1000 {
      bytes.append(0)
      var next: (Sniffer, Sighting)?
      for byte in UInt8.min...UInt8.max {
        bytes[bytes.count - 1] = byte
        var tried = sniffer
        let sighting = tried.look(at: bytes.span)
        if sighting.words != "tls" && sighting.isSettled { continue }
        next = (tried, sighting)
        break
      }
      guard let next else { return nil }
      if next.1.isSettled { return next.1 }
      sniffer = next.0
    }
    return nil
  }

  /// Early, of the table: while a beginning is undecided, something else can follow.
  @Test(arguments: Beginning.all.filter { $0.name != "unknown" }) func whatIsUndecidedCanEndOtherwise(
    beginning: Beginning
  ) {
    for count in 0..<beginning.settled {
      let canEndOtherwise = (UInt8.min...UInt8.max).contains { byte in
        sight(beginning.bytes.prefix(count) + [byte] + Array(repeating: 0xFF, count: 40)).words != beginning.name
      }
      #expect(canEndOtherwise, "after \(count) bytes")
    }
  }

  @Test func noiseNeverTraps() {
    var dice = Dice(state: 3)
    for round in 0..<2000 {
      var bytes = (0..<Int.random(in: 0...200, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
      // Most noise is unknown after a byte or two, so it is lent the beginning of something.
      if round.isMultiple(of: 2), let lent = SnifferLawTests.inputs.randomElement(using: &dice) {
        bytes.insert(contentsOf: lent.bytes.prefix(Int.random(in: 0...60, using: &dice)), at: 0)
      }
      #expect(sight(bytes) == sightByteByByte(bytes).sighting)
    }
  }

  @Test(arguments: HelloFixture.all) func damageNeverTraps(fixture: HelloFixture) {
    var dice = Dice(state: 4)
    for _ in 0..<10 {
      var bytes = Array(fixture.bytes.prefix(600))
      for _ in 0..<Int.random(in: 1...4, using: &dice) {
        bytes[Int.random(in: 0..<bytes.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
      }
      #expect(sight(bytes) == sightByteByByte(bytes).sighting)
    }
  }
}
