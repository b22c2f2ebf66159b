import Testing
import Wire

@testable import Dialogues

@Suite struct PROXYHeaderTests {
  private func header(_ from: String, _ to: String, authority: String? = nil, alpn: String? = nil) -> PROXYHeader {
    PROXYHeader(
      source: Endpoint(from)!, destination: Endpoint(to)!, authority: authority, alpn: alpn.map { bytes($0) })
  }

  private let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10] + bytes("QUIT\n")

  @Test(arguments: [
    // The examples of the specification, §2.1.
    ("255.255.255.255:65535", "255.255.255.255:65535", "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
    // What Postfix, Exim and aiosmtpd took.
    ("203.0.113.9:5555", "192.0.2.1:25", "PROXY TCP4 203.0.113.9 192.0.2.1 5555 25\r\n"),
    ("[2001:db8::9]:5555", "[2001:db8::1]:25", "PROXY TCP6 2001:db8::9 2001:db8::1 5555 25\r\n"),
    ("[2001:db8::9]:5555", "192.0.2.1:25", "PROXY TCP6 2001:db8::9 ::ffff:192.0.2.1 5555 25\r\n"),
    ("unix:@client", "unix:/run/door", "PROXY UNKNOWN\r\n"),
  ]) func version1(from: String, to: String, line: String) { #expect(header(from, to).version1 == bytes(line)) }

  @Test func version1FitsItsLongestLine() {
    let far = "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"
    #expect(header(far, far).version1.count <= 107)
  }

  @Test func version2IPv4() {
    let expected: [UInt8] = [0x21, 0x11, 0, 12, 203, 0, 113, 9, 192, 0, 2, 1, 0x15, 0xB3, 0, 25]
    #expect(header("203.0.113.9:5555", "192.0.2.1:25").version2 == signature + expected)
  }

  @Test func version2IPv6WithTLVs() {
    let address = { (last: UInt8) in [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [last] }
    let expected =
      [0x21, 0x21, 0, 43] + address(9) + address(1) + [0x15, 0xB3, 0, 25] + [0x01, 0, 4] + bytes("smtp")
    #expect(header("[2001:db8::9]:5555", "[2001:db8::1]:25", alpn: "smtp").version2 == signature + expected)
    let named = header("203.0.113.9:5555", "192.0.2.1:25", authority: "a.example").version2
    #expect(named.suffix(12) == [0x02, 0, 9] + bytes("a.example"))
  }

  @Test func version2UnixAndLocal() {
    let unix = header("unix:@client", "unix:/run/door").version2
    #expect(unix.count == 16 + 216)
    #expect(Array(unix[12..<16]) == [0x21, 0x31, 0, 216])
    #expect(unix[16] == 0 && Array(unix[17..<23]) == bytes("client"))
    #expect(PROXYHeader.local == signature + [0x20, 0, 0, 0])
    #expect(Array(header("unix:@client", "192.0.2.1:25").version2[12...]) == [0x21, 0, 0, 0])
  }
}

@Suite struct XCLIENTTests {
  private func line(_ client: String, _ local: String, offered: String) -> String? {
    XCLIENT(client: Endpoint(client)!, local: Endpoint(local)!).line(offered: promise(offered))
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    (
      "203.0.113.9:40000", "192.0.2.25:25", "XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT",
      "XCLIENT NAME=[UNAVAILABLE] ADDR=203.0.113.9 PORT=40000 DESTADDR=192.0.2.25 DESTPORT=25\r\n"
    ),
    ("[2001:db8::9]:40000", "[::1]:25", "XCLIENT ADDR PORT", "XCLIENT ADDR=IPV6:2001:db8::9 PORT=40000\r\n"),
    ("unix:@c", "unix:/d", "XCLIENT addr port", "XCLIENT ADDR=[UNAVAILABLE] PORT=[UNAVAILABLE]\r\n"),
  ]) func saysWhatTheServerTakes(client: String, local: String, offered: String, expected: String) {
    #expect(line(client, local, offered: offered) == expected)
  }

  @Test(arguments: ["XCLIENT NAME PROTO", "XCLIENT", "SIZE 1000"]) func needsTheAddress(offered: String) {
    #expect(line("203.0.113.9:40000", "192.0.2.25:25", offered: offered) == nil)
  }

  @Test(arguments: [
    ("plain.example", "plain.example"), ("[UNAVAILABLE]", "[UNAVAILABLE]"), ("a b", "a+20b"), ("a+b=c", "a+2Bb+3Dc"),
    ("ä", "+C3+A4"), ("\t", "+09"), ("\u{7F}", "+7F"),
  ]) func valuesAreXtext(text: String, encoded: String) { #expect(XCLIENT.xtext(text) == encoded) }
}
