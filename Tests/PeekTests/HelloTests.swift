import Peek
import Testing
import Wire

/// The fixtures say what is to be found in them; fixtures/hellos/make computed that in its own way.
@Suite struct HelloTests {
  @Test(arguments: HelloFixture.all) func theVerdictFallsWhereTheFixtureSays(fixture: HelloFixture) {
    let seen = sightByteByByte(fixture.bytes)
    #expect(seen.sighting.words == fixture.verdict)
    #expect(seen.settled == (fixture.verdict == "incomplete" ? nil : fixture.settled))
  }

  @Test(arguments: HelloFixture.all) func incompleteTLSIsTLS(fixture: HelloFixture) {
    var sniffer = Sniffer(largestHello: largestHello)
    for count in 0..<fixture.settled {
      let sighting = sniffer.look(at: fixture.bytes.span.extracting(first: count))
      // A handshake record shows itself by its second byte, an SSLv2-format hello by its fifth at the latest.
      let expected: [Answer] = count < 2 ? [.notYet] : count < 5 ? [.notYet, .yes] : [.yes]
      #expect(expected.contains { sighting == .undecided(couldBeTLS: $0) }, "after \(count) bytes")
    }
  }

  @Test(arguments: HelloFixture.all.filter { $0.verdict == "tls" }) func whatItSays(fixture: HelloFixture) throws {
    let hello = try #require(sight(fixture.bytes).hello)
    #expect(hello.serverNames.joined(separator: " ") == fixture["sni"])
    #expect(hello.alpn.map { $0.map { hex($0, 2) }.joined() }.joined(separator: " ") == fixture["alpn"])
    #expect(hello.supportedVersions.map { hex($0, 4) }.joined(separator: " ") == fixture["versions"])
    #expect(hex(hello.legacyVersion, 4) == fixture["legacy"])
    #expect(hello.ja4 == fixture["ja4"])
    #expect(hello.isSSLv2Format == fixture.name.hasPrefix("ssl2"))
  }

  private func hex(_ value: some BinaryInteger, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }

  @Test func everyFlawHasAFixture() {
    let shown = Set(HelloFixture.all.map(\.verdict))
    for flaw in Flaw.allCases { #expect(shown.contains("broken \(flaw.rawValue)")) }
  }

  /// The limit counts the message with its header, however it is cut into records.
  @Test(arguments: ["openssl", "cut-in-name"]) func theLimitIsExact(name: String) throws {
    let fixture = try #require(HelloFixture.all.first { $0.name == name })
    let message = fixture.bytes.count - (name == "openssl" ? 5 : 10)
    for (limit, words) in [(message, "tls"), (message - 1, "too-large")] {
      var sniffer = Sniffer(largestHello: limit)
      #expect(sniffer.look(at: fixture.bytes.span).words == words)
    }
  }

  /// Records of a byte each would make a hello six times as large.
  @Test func recordsMayTakeAsMuchAgain() throws {
    let fixture = try #require(HelloFixture.all.first { $0.name == "cut-everywhere" })
    let message = fixture.bytes.count / 6
    for (limit, words) in [(3 * message, "tls"), (2 * message, "too-large")] {
      var sniffer = Sniffer(largestHello: limit)
      #expect(sniffer.look(at: fixture.bytes.span).words == words)
    }
  }

  /// What waits in its grace must stay small.
  @Test func littleIsHeld() {
    #expect(MemoryLayout<Sniffer>.size <= 192)
    #expect(MemoryLayout<ClientHello?>.size == MemoryLayout<Int>.size)
  }
}
