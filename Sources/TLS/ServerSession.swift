/// TLS with one client, over its non-blocking socket, which the session uses and does not own.
public struct ServerSession: ~Copyable {
  /// What came of a step.
  public enum Step: Sendable, Hashable {
    /// That many bytes were read or written; the handshake is done.
    case done(Int)
    /// The socket must be readable first.
    case wantsRead
    /// The socket must be writable first.
    case wantsWrite
    /// The client has ended its side in TLS (close_notify), or without (FIN): nothing more will be read.
    case ended
    case failed(TLSError)
  }

  /// - Parameters:
  ///   - context: whose certificates are shown.
  ///   - descriptor: the client's socket, not blocking.
  ///   - alreadyRead: what was read from it before TLS began; it is taken as the first bytes.
  public init(_ context: ServerContext, descriptor: Int32, alreadyRead: [UInt8]) {}

  /// Goes on with the handshake.
  public mutating func handshake() -> Step { .failed(TLSError(reason: "to come")) }
  /// Reads plaintext; at most the buffer.
  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Step { .ended }
  /// Writes plaintext; maybe not all of it. What was not written is to be offered again, in the same order.
  public mutating func write(_ buffer: UnsafeRawBufferPointer) -> Step { .ended }
  /// Says close_notify: nothing more will be written.
  public mutating func endWriting() -> Step { .done(0) }
}
