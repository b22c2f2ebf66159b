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
    var value = 0
    for offset in 0..<width {
      guard start + offset < count else {
        let open = 8 * (width - offset)
        let canFit = (value << open..<(value + 1) << open).contains(where: fits)
        throw canFit ? .starved : .broken(flaw)
      }
      value = value << 8 | Int(self[start + offset])
    }
    guard fits(value) else { throw .broken(flaw) }
    return value
  }

  /// The number in network order that begins there; all of it is here.
  func uint16(at start: Int) -> UInt16 { UInt16(self[start]) << 8 | UInt16(self[start + 1]) }

  /// So many of them.
  func uint16s(at start: Int, count: Int) -> [UInt16] { (0..<count).map { uint16(at: start + 2 * $0) } }

  /// So many bytes.
  func array(at start: Int, count: Int) -> [UInt8] {
    unsafe extracting(start..<start + count).withUnsafeBufferPointer { unsafe Array($0) }
  }
}
