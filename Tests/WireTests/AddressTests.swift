import Testing
import Wire

@Suite struct AddressTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
    ("::", "::"), ("::1", "::1"), ("2001:db8::", "2001:db8::"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
    ("::ffff:192.0.2.1", "192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
  ]) func reads(text: String, canonical: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == canonical)
    #expect(IPAddress(canonical) == address)
    #expect(address.bytes.count * 8 == address.family.bits)
  }

  @Test(arguments: [
    "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "+1.2.3.4", "a.b.c.d", ":", ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::1%lo", "[::1]", "1:2:3:4:5:6:7::8", "::+1", "::1.2.3", "::1.2.3.4:1",
  ]) func refuses(text: String) { #expect(IPAddress(text) == nil) }

  @Test(arguments: [
    ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.77/24", "192.0.2.1", true),
    ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false), ("::/0", "2001:db8::1", true),
    ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
    ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
  ]) func contains(block: String, address: String, expected: Bool) throws {
    #expect(try #require(Network(block)).contains(#require(IPAddress(address))) == expected)
  }

  @Test(arguments: [
    "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/0x8", "::/129", "/8", "x/8", "1.2.3.4/999999999999",
  ])
  func refusesNetwork(text: String) { #expect(Network(text) == nil) }

  @Test(arguments: ["127.0.0.1:25", "[::1]:25", "unix:/run/x.sock", "unix:@abstract", "0.0.0.0:0"])
  func readsEndpoint(text: String) { #expect(Endpoint(text)?.description == text) }

  @Test(arguments: [
    "127.0.0.1", ":25", "::1:25", "[127.0.0.1]:25", "127.0.0.1:65536", "127.0.0.1:+5", "unix:", "unix:x", "[::1]",
  ])
  func refusesEndpoint(text: String) { #expect(Endpoint(text) == nil) }

  @Test func knowsLocalEnds() throws {
    for local in ["127.8.8.8:25", "[::1]:25", "unix:/x"] { #expect(try #require(Endpoint(local)).isLocal) }
    for other in ["0.0.0.0:25", "[::]:25", "192.0.2.1:25"] { #expect(try !#require(Endpoint(other)).isLocal) }
  }
}
