// Bytes as transcripts write them: text as it is, `\r`, `\n`, `\xHH`.

func escaped(_ bytes: [UInt8]) -> String {
  bytes.map { byte in
    switch byte {
    case 13: "\\r"
    case 10: "\\n"
    case UInt8(ascii: "\\"): "\\\\"
    case 0x20..<0x7F: String(UnicodeScalar(byte))
    default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }.joined()
}

/// A line of a transcript as bytes.
func unescaped(_ text: String) -> [UInt8] {
  var bytes: [UInt8] = []
  var rest = Array(Hellos.expanded(text).utf8)[...]
  let isWhole = !text.hasSuffix("\\")
  if !isWhole { rest.removeLast() }
  while let byte = rest.popFirst() {
    guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
      bytes.append(byte)
      continue
    }
    switch next {
    case UInt8(ascii: "r"): bytes.append(13)
    case UInt8(ascii: "n"): bytes.append(10)
    case UInt8(ascii: "x"):
      bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)!)
      rest = rest.dropFirst(2)
    default: bytes.append(next)
    }
  }
  return isWhole ? bytes + [13, 10] : bytes
}
