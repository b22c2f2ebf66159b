import Testing
import Wire

@testable import TLS

@Suite struct TicketKeyTests {
  private let keys = TicketKeys(period: .seconds(10))
  private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  private func opens(_ key: TicketKeys.Key, at seconds: Int64) -> Bool {
    key.name.withUnsafeBytes { keys.opening($0, at: at(seconds)) } == key
  }

  @Test func aKeySealsForAPeriodAndOpensForTwo() {
    let first = keys.sealing(at: at(0))
    #expect(keys.sealing(at: at(9)) == first)
    let second = keys.sealing(at: at(10))
    #expect(second != first)
    #expect(opens(first, at: 19))
    #expect(opens(second, at: 19))
    #expect(!opens(first, at: 20))
    #expect(opens(second, at: 20))
  }

  @Test func nobodyElsesTicketIsOpened() {
    _ = keys.sealing(at: at(0))
    #expect([UInt8](repeating: 0, count: 16).withUnsafeBytes { keys.opening($0, at: at(1)) } == nil)
  }

  @Test func noKeyIsLikeAnother() {
    let names = (0..<100).map { keys.sealing(at: at($0 * 10)).name }
    #expect(Set(names).count == 100)
    #expect(names.allSatisfy { $0.count == 16 })
  }
}
