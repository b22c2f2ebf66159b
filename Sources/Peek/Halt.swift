// How reading a hello stops before its end, and the one way in which its numbers are read.

/// Why a reader went no further.
enum Halt: Error, Sendable, Hashable {
  /// The bytes that are here are read.
  case starved
  case broken(Flaw)
  case tooLarge
}

extension Span<UInt8> {
  /// The number in network order that begins there.
  ///
  /// Early: while not all of its bytes are here, it is a flaw already if none could make it fit.
  /// - Parameters:
  ///   - width: in bytes, 1 or 2.
  ///   - flaw: what it is when it does not fit.
  func number(_ width: Int, at start: Int, _ flaw: Flaw, fits: (Int) -> Bool) throws(Halt) -> Int {
    guard start + width <= count else { throw canFit(width, at: start, fits) ? .starved : .broken(flaw) }
    let value = width == 1 ? Int(self[start]) : Int(uint16(at: start))
    guard fits(value) else { throw .broken(flaw) }
    return value
  }

  private func canFit(_ width: Int, at start: Int, _ fits: (Int) -> Bool) -> Bool {
    let here = Swift.max(0, count - start)
    let value = here == 0 ? 0 : Int(self[start])
    let open = 8 * (width - here)
    return (value << open..<(value + 1) << open).contains(where: fits)
  }

  /// The number in network order that begins there; all of it is here.
  func uint16(at start: Int) -> UInt16 { UInt16(self[start]) << 8 | UInt16(self[start + 1]) }

  /// A copy.
  var array: [UInt8] { unsafe withUnsafeBufferPointer { unsafe Array($0) } }

  /// A copy of ASCII.
  var text: String { unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) } }
}
