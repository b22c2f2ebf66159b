// What a pattern cannot do without, for those who keep many of them and want to ask few.

/// Bytes without which nothing matches a pattern.
public enum Literal: Sendable, Hashable {
  /// These are all of what matches.
  case whole([UInt8])
  /// What matches begins so.
  case beginning([UInt8])
  /// What matches ends so.
  case end([UInt8])
}

extension Pattern {
  /// What everything that it matches has, but for the case of letters, in lower case; nil where there is no such thing: an
  /// expression, or a glob that has stars at both ends.
  public var literal: Literal? {
    switch form {
    case .glob(let glob): glob.literal
    case .expression: nil
    }
  }
}

extension Glob {
  fileprivate var literal: Literal? {
    let beginning = Glob.bytes(head)
    if tail == nil, beginning.count == head.count { return .whole(beginning) }
    let end = Glob.bytes((tail ?? head).reversed()).reversed()
    // The longer one says more.
    if end.count >= beginning.count { return end.isEmpty ? nil : .end(Array(end)) }
    return .beginning(beginning)
  }

  /// Those before the first `?`, in lower case.
  private static func bytes(_ symbols: [Symbol]) -> [UInt8] {
    var bytes: [UInt8] = []
    for symbol in symbols {
      guard case .byte(let byte) = symbol else { break }
      bytes.append(lowercase(byte))
    }
    return bytes
  }
}
