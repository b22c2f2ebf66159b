/// TLS with one client, over its non-blocking socket, which the session uses and does not own.
///
/// All of it may be used with edge-triggered readiness: a step goes on until the socket is drained, or full.
public struct ServerSession: ~Copyable {
  private var channel: Channel
  /// The names of its certificates are asked for in the handshake.
  private let context: ServerContext

  /// - Parameters:
  ///   - context: whose certificates are shown.
  ///   - descriptor: the client's socket, not blocking.
  ///   - alreadyRead: what was read from it before TLS began; it is taken as the first bytes.
  public init(_ context: ServerContext, descriptor: Int32, alreadyRead: [UInt8]) {
    self.context = context
    channel = context.makeChannel(descriptor: descriptor, alreadyRead: alreadyRead)
  }

  /// Goes on with the handshake. When it is done, plaintext may already be there to be read: see `hasMoreToRead`.
  /// - Parameter mayRead: whether the socket may have bytes; where it has none, it is not asked.
  public mutating func handshake(mayRead: Bool) -> Step { channel.handshake(mayRead: mayRead) }

  /// Reads plaintext; at most the buffer. Less than the buffer says that the socket is drained, unless `hasMoreToRead`.
  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Step { channel.read(into: buffer) }

  /// Whether `read` would give something without the socket, an end for instance: then no readiness will tell of it.
  public var hasMoreToRead: Bool { channel.hasMoreToRead }

  /// Writes plaintext; what the socket does not take is kept, encrypted (see `hasUnsent`), or, where the kernel seals it, is to
  /// be offered again.
  /// - Parameter isLast: `endWriting` comes next, so close_notify leaves with it.
  public mutating func write(_ buffer: UnsafeRawBufferPointer, isLast: Bool) -> Step {
    channel.write(buffer, isLast: isLast)
  }

  /// Whether something that was written waits for the socket to be writable; till then `write` gives `wantsWrite`.
  public var hasUnsent: Bool { channel.hasUnsent }

  /// Sends what waits, after any step.
  public mutating func flush() -> Step { channel.flush() }

  /// Says close_notify: nothing more will be written, but the client may still be read from. The socket stays open.
  public mutating func endWriting() -> Step { channel.endWriting() }

  /// What came from the client, in bytes as on the socket, without what was read before TLS.
  public var bytesReceived: UInt64 { channel.bytesReceived }
  /// What was sent to the client, in bytes as on the socket.
  public var bytesSent: UInt64 { channel.bytesSent }
  /// Whether the kernel seals what is sent.
  public var isSealedByKernel: Bool { channel.isSealedByKernel }
}
