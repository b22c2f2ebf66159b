// The record layer under a ClientHello (RFC 8446 §5.1): one record as a rule, any number of them, cut anywhere, in truth.

/// How far a hello and its records were read.
struct RecordReader: Sendable, Hashable {
  private static let header = 5
  /// The longest record (RFC 8446 §5.1), with its header.
  static let longest = header + (1 << 14)

  private var hello = HelloReader()
  /// Where the header of the record is that is being read.
  private var record = 0
  /// The message so far, if it has more than one record: those before this one, and what was taken of this one.
  private var message: [UInt8] = []
  /// Up to here `message` was taken.
  private var taken = 0

  /// Reads on, and returns the hello if it is whole.
  /// - Parameters:
  ///   - bytes: all that the client has sent.
  ///   - largest: the largest hello, in bytes of its message; its records may be twice as large.
  mutating func read(_ bytes: Span<UInt8>, largest: Int) throws(Halt) -> ClientHello {
    while true {
      if record > 2 * largest { throw .tooLarge }
      let end = try readHeader(bytes)
      do throws(Halt) { return try readMessage(bytes, end, largest) } catch {
        guard error == .starved, end <= bytes.count else { throw error }
      }
      if record == 0 { take(bytes, until: end) }
      record = end
    }
  }

  /// Where the record ends.
  private func readHeader(_ bytes: Span<UInt8>) throws(Halt) -> Int {
    _ = try bytes.number(1, at: record, .recordType) { $0 == 0x16 }
    // What stands for the minor version must be ignored.
    _ = try bytes.number(1, at: record + 1, .recordVersion) { $0 == 3 }
    let start = record + Self.header
    return start + (try bytes.number(2, at: start - 2, .recordLength) { (1...1 << 14).contains($0) })
  }

  private mutating func readMessage(_ bytes: Span<UInt8>, _ end: Int, _ largest: Int) throws(Halt) -> ClientHello {
    if record == 0 { return try read(bytes.extracting(Self.header..<min(end, bytes.count)), largest) }
    take(bytes, until: min(end, bytes.count))
    let message = message
    return try read(message.span, largest)
  }

  private mutating func take(_ bytes: Span<UInt8>, until end: Int) {
    for index in max(taken, record + Self.header)..<end { message.append(bytes[index]) }
    taken = end
  }

  private mutating func read(_ message: Span<UInt8>, _ largest: Int) throws(Halt) -> ClientHello {
    let count = try hello.read(message, largest: largest)
    return ClientHello(message.extracting(first: count).array, hello.parts)
  }
}
