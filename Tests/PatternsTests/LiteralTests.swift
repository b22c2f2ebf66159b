import Patterns
import Testing

@Suite struct LiteralTests {
  private func literal(_ source: String) throws -> String? {
    switch try Pattern(source, ignoresCase: false).literal {
    case .whole(let bytes): "whole " + String(decoding: bytes, as: UTF8.self)
    case .beginning(let bytes): "beginning " + String(decoding: bytes, as: UTF8.self)
    case .end(let bytes): "end " + String(decoding: bytes, as: UTF8.self)
    case nil: nil
    }
  }

  @Test(arguments: [
    ("", "whole "), ("MX.Example", "whole mx.example"), ("*.example", "end .example"), ("mx.*", "beginning mx."),
    ("mx*.example", "end .example"), ("mail-gateway*.de", "beginning mail-gateway"), ("m?.example", "end .example"),
    ("mx.example.??", "beginning mx.example."), ("a?b", "end b"), ("*a?c", "end c"), ("ab?*x*", "beginning ab"),
  ]) func whatAPatternCannotDoWithout(source: String, expected: String) throws {
    #expect(try literal(source) == expected)
  }

  @Test(arguments: ["*", "?", "*x*", "?x?", "/^mx/", "*?"]) func someHaveNothing(source: String) throws {
    #expect(try literal(source) == nil)
  }
}
