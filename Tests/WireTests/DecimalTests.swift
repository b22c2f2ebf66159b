import Testing
import Wire

@Suite struct DecimalTests {
  @Test(arguments: [0, 9, 10, 255, 1_000_000, UInt64.max]) func digitsAreThoseOfTheNumber(number: UInt64) {
    var text = Array("n=".utf8)
    text.append(decimal: number)
    #expect(String(decoding: text, as: UTF8.self) == "n=\(number)")
  }
}
