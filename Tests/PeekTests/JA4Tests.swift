import Peek
import Testing

/// The examples that FoxIO's description gives; fixtures/hellos has more, computed by hashlib.
@Suite struct JA4Tests {
  private let suites: [UInt16] = [
    0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F,
    0x0035,
  ]
  private let extensions: [UInt16] = [
    0x001B, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002D, 0x000D, 0x0005, 0x0023, 0x0012, 0x002B, 0xFF01, 0x000B,
    0x000A,
    0x0015,
  ]
  private let algorithms: [UInt16] = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]

  private func hello(alpn: [UInt8]? = Array("h2".utf8), algorithms: [UInt16], grease: [UInt16] = []) -> ClientHello {
    ClientHello(
      legacyVersion: 0x0303, supportedVersions: [0x0304, 0x0303], serverNames: [], alpn: alpn.map { [$0] } ?? [],
      cipherSuites: grease + suites, extensions: grease + extensions + grease, signatureAlgorithms: algorithms + grease,
      isSSLv2Format: false)
  }

  @Test func thePublishedExamples() {
    #expect(hello(algorithms: algorithms).ja4 == "t13d1516h2_8daaf6152771_e5627efa2ab1")
    #expect(hello(algorithms: []).ja4 == "t13d1516h2_8daaf6152771_6d807ffa2a79")
  }

  @Test func greaseCountsNowhere() {
    #expect(hello(algorithms: algorithms, grease: [0x0A0A, 0xFAFA]).ja4 == hello(algorithms: algorithms).ja4)
  }

  @Test(
    arguments: [
      ([0xAB], "ab"), ([0xAB, 0xCD], "ad"), ([0x30, 0xAB], "3b"), ([0x30, 0x31, 0xAB, 0xCD], "3d"),
      ([0x30, 0xAB, 0xCD, 0x31], "01"), ([0x68, 0x32], "h2"), ([0x78], "xx"),
    ] as [([UInt8], String)]) func theFirstProtocol(bytes: [UInt8], shown: String)
  {
    #expect(hello(alpn: bytes, algorithms: []).ja4.prefix(10).suffix(2) == shown)
    #expect(hello(alpn: nil, algorithms: []).ja4.prefix(10).suffix(2) == "00")
  }
}
