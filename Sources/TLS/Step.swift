/// What came of a step of a TLS session.
public enum Step: Sendable, Hashable {
  /// That many bytes were read or written (0 for a handshake or an end); what was asked for is done.
  case done(Int)
  /// The socket must be readable first.
  case wantsRead
  /// The socket must be writable first.
  case wantsWrite
  /// The peer has ended its side with close_notify: nothing more will be read, but it may still be written to.
  case ended
  /// The peer has ended its side with FIN alone: as `ended`, but somebody may have cut the stream (RFC 8446 §6.1).
  case truncated
  /// The socket broke, for that errno.
  case broken(errno: Int32)
  /// The peer, or OpenSSL, broke TLS. An alert that says so may wait to be flushed.
  case failed(TLSError)
}
