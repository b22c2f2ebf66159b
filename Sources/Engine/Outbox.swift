import Kernel
import SystemPackage

/// What an end could not be sent yet: bytes, or a pipe that holds them. There is one only while something waits.
final class Outbox {
  private var bytes: [UInt8]
  /// How much of the bytes was sent.
  private var sent = 0
  /// Not nil while what waits is in a pipe.
  private(set) var pipe: Conduit?

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = Array(bytes) }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(_ pipe: Conduit) {
    bytes = []
    self.pipe = pipe
  }

  /// How many bytes wait.
  var count: Int { pipe?.count ?? bytes.count - sent }

  /// The bytes that wait; none when they are in a pipe.
  var waiting: ArraySlice<UInt8> { bytes[sent...] }

  func append(_ more: [UInt8]) {
    precondition(pipe == nil, "what is spliced has no other bytes behind it")
    bytes.removeFirst(sent)
    sent = 0
    bytes.append(contentsOf: more)
  }

  /// Takes out what could be written.
  func removeFirst(_ count: Int) { sent += count }

  func withWaiting<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
  }
}
