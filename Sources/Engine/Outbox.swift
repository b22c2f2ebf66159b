/// What an end could not be sent yet. There is one only while something waits.
final class Outbox {
  private var bytes: [UInt8]
  private var sent = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = Array(bytes) }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// How many bytes wait.
  var count: Int { bytes.count - sent }

  func append(_ more: [UInt8]) {
    bytes.removeFirst(sent)
    sent = 0
    bytes.append(contentsOf: more)
  }

  /// Takes out what could be written.
  func removeFirst(_ count: Int) { sent += count }

  var waiting: ArraySlice<UInt8> { bytes[sent...] }

  func withWaiting<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
  }
}
