import Peek
import Testing

/// A hello that is described says what it was told to say.
@Suite struct DescribedHelloTests {
  private func hello(names: [String], alpn: [[UInt8]] = []) -> ClientHello {
    ClientHello(
      legacyVersion: 0x0303, supportedVersions: [0x0304, 0x0303], serverNames: names, alpn: alpn,
      cipherSuites: [0x1301, 0xC02B], extensions: [0, 0x0A0A, 43], signatureAlgorithms: [0x0403], isSSLv2Format: false)
  }

  @Test func everythingIsThere() {
    let hello = hello(names: ["a.example", "B.example."], alpn: [Array("h2".utf8), [0]])
    #expect(hello.legacyVersion == 0x0303)
    #expect(hello.supportedVersions == [0x0304, 0x0303])
    #expect(hello.serverNames == ["a.example", "b.example"])
    #expect(hello.alpn == [Array("h2".utf8), [0]])
    #expect(hello.cipherSuites == [0x1301, 0xC02B])
    #expect(hello.extensions == [0, 0x0A0A, 43])
    #expect(hello.signatureAlgorithms == [0x0403])
    #expect(!hello.isSSLv2Format)
  }

  @Test func whatCannotStandInAHelloIsLeftOut() {
    let (long, longest) = (String(repeating: "a", count: 100_000), String(repeating: "b", count: 255))
    #expect(hello(names: [long, longest]).serverNames == [longest])
    #expect(hello(names: [], alpn: [Array(long.utf8), Array(longest.utf8)]).alpn == [Array(longest.utf8)])
  }

  /// Rules ask for names again and again, so that a stranger must not be able to send very many.
  @Test func soManyNamesAreLookedAt() {
    let names = (0..<40).map { "\($0).example" }
    let hello = hello(names: names, alpn: names.map { Array($0.utf8) })
    #expect(hello.serverNames == Array(names.prefix(32)))
    #expect(hello.alpn == names.prefix(32).map { Array($0.utf8) })
  }
}
