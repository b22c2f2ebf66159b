// TLS over a socket, on either side of it: what server and client sessions share.

private import COpenSSL

struct Channel: ~Copyable {
  /// The most that a record carries (RFC 8446 §5.1), and the most that is added to it by what we speak.
  private static let record = 16_384
  private static let recordOverhead = 64
  /// How much may wait for the socket before the peer is no longer read from.
  private static let longestBacklog = 4096

  let ssl: OpaquePointer
  private let transport: UnsafeMutablePointer<Transport>
  /// Whether `read` would give something without the socket.
  private(set) var hasMoreToRead = false
  /// The end of what the peer sends, however it came; it lasts.
  private var last: Step?

  /// - Parameters:
  ///   - context: an `SSL_CTX`.
  ///   - descriptor: a socket that does not block; it is used and not owned.
  ///   - alreadyRead: what was read from it before TLS began.
  ///   - offersKernel: whether the kernel may seal what is sent.
  init(context: OpaquePointer, descriptor: Int32, alreadyRead: [UInt8], offersKernel: Bool) {
    transport = .allocate(capacity: 1)
    transport.initialize(to: Transport(descriptor: descriptor, front: alreadyRead, offersKernel: offersKernel))
    guard let ssl = SSL_new(context), let bio = Transport.makeBIO(transport) else {
      fatalError("no memory for a TLS session")
    }
    self.ssl = ssl
    SSL_set_bio(ssl, bio, bio)
    if offersKernel { usher_enable_kernel_tls(ssl) }
  }

  deinit {
    SSL_free(ssl)
    transport.pointee.release()
    transport.deinitialize(count: 1)
    transport.deallocate()
  }

  /// Whether something waits for the socket to be writable: `flush` when it is.
  var hasUnsent: Bool { !transport.pointee.outgoing.isEmpty && !transport.pointee.isHeld || isWaitingForKernel }

  var bytesReceived: UInt64 { transport.pointee.bytesReceived }
  var bytesSent: UInt64 { transport.pointee.bytesSent }

  /// Whether OpenSSL has something to say, and the socket did not take it: only where the kernel seals.
  private var isWaitingForKernel: Bool { isSealedByKernel && SSL_want(ssl) == SSL_WRITING }
  /// Whether the kernel seals what is sent.
  var isSealedByKernel: Bool { transport.pointee.isSealedByKernel }

  func flush() -> Step {
    if isWaitingForKernel { return flushKernel() }
    if transport.pointee.flush() { return .done(0) }
    return transport.pointee.errno.map { .broken(errno: $0) } ?? .wantsWrite
  }

  /// Says close_notify once more; what of the handshake waits, `handshake` says.
  private func flushKernel() -> Step {
    begin(mayRead: false)
    if SSL_is_init_finished(ssl) == 1, SSL_shutdown(ssl) < 0 { ErrorQueue.clear() }
    return isWaitingForKernel ? .wantsWrite : .done(0)
  }

  /// - Parameter mayRead: whether the socket may have bytes; where it has none, it is not asked.
  mutating func handshake(mayRead: Bool) -> Step {
    begin(mayRead: mayRead)
    let result = SSL_do_handshake(ssl)
    if result == 1 { return finishHandshake() }
    let step = failure(result)
    return flush() == .wantsWrite && step == .wantsRead ? .wantsWrite : step
  }

  private mutating func finishHandshake() -> Step {
    SSL_set_default_read_buffer_len(ssl, readAhead)
    hasMoreToRead = canReadMore
    // In TLS 1.3 a server ends it with tickets, for which no client waits: they leave with the first data.
    if SSL_is_server(ssl) == 1, SSL_version(ssl) == TLS1_3_VERSION, !hasUnsent {
      transport.pointee.hold()
    } else {
      _ = flush()
    }
    return .done(0)
  }

  /// How much is read from the socket at once: four whole records of AES-GCM, and 3 bytes by which OpenSSL aligns them. Were
  /// it a byte less or more, the last record of four would cost a recv of its own.
  private var readAhead: Int { 4 * (Channel.record + (SSL_version(ssl) == TLS1_3_VERSION ? 22 : 29)) + 3 }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Step {
    if let last { return last }
    if let refusal = refusalToRead() { return refusal }
    begin(mayRead: true)
    var total = 0
    var step = Step.done(0)
    while step == .done(0), total < buffer.count, total == 0 || canReadMore {
      var count = 0
      let result = SSL_read_ex(ssl, buffer.baseAddress! + total, buffer.count - total, &count)
      if result == 1 { total += count } else { step = failure(result) }
    }
    if hasUnsent { _ = flush() }
    if ![.done(0), .wantsRead, .wantsWrite].contains(step) { last = step }
    hasMoreToRead = last != nil || (step == .done(0) && total == buffer.count)
    return total > 0 ? .done(total) : step
  }

  /// A read that fails costs more than this question.
  private var canReadMore: Bool { !transport.pointee.isDrained || SSL_has_pending(ssl) == 1 }

  /// A peer that makes us answer (KeyUpdate, renegotiation that is refused) and does not read is not listened to.
  private func refusalToRead() -> Step? {
    guard hasUnsent, case let step = flush(), step != .done(0) else { return nil }
    return transport.pointee.outgoing.count > Channel.longestBacklog ? step : nil
  }

  func write(_ buffer: UnsafeRawBufferPointer, isLast: Bool) -> Step {
    if hasUnsent, case let step = flush(), step != .done(0) { return step }
    if isSealedByKernel { return writeThroughKernel(buffer, isLast: isLast) }
    begin(mayRead: false)
    let records = (buffer.count + Channel.record - 1) / Channel.record
    transport.pointee.reserve(buffer.count + records * Channel.recordOverhead)
    var total = 0
    while total < buffer.count {
      var count = 0
      let result = SSL_write_ex(ssl, buffer.baseAddress! + total, buffer.count - total, &count)
      guard result == 1 else { return failure(result) }
      total += count
    }
    if isLast { sayGoodbye() }
    if case .broken(let errno) = flush() { return .broken(errno: errno) }
    return .done(total)
  }

  /// The kernel cuts it into records.
  private func writeThroughKernel(_ buffer: UnsafeRawBufferPointer, isLast: Bool) -> Step {
    let count = transport.pointee.send(buffer)
    if let errno = transport.pointee.errno { return .broken(errno: errno) }
    if isLast, count == buffer.count { _ = endWriting() }
    return count > 0 || buffer.isEmpty ? .done(count) : .wantsWrite
  }

  func endWriting() -> Step {
    begin(mayRead: false)
    sayGoodbye()
    return flush()
  }

  /// Says close_notify, once. OpenSSL answers 0, as the peer's has not come: so is a half-closed stream.
  private func sayGoodbye() {
    guard SSL_is_init_finished(ssl) == 1, SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN == 0 else { return }
    if SSL_shutdown(ssl) < 0 { ErrorQueue.clear() }
  }

  private func begin(mayRead: Bool) {
    ErrorQueue.clear()
    transport.pointee.isDrained = !mayRead
  }

  /// Why a call of OpenSSL's gave `result`.
  private func failure(_ result: Int32) -> Step {
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ: return .wantsRead
    case SSL_ERROR_WANT_WRITE: return .wantsWrite
    case SSL_ERROR_ZERO_RETURN: return transport.pointee.hasEnded ? .truncated : .ended
    default:
      let cause = ErrorQueue.drain()
      if let errno = transport.pointee.errno { return .broken(errno: errno) }
      if transport.pointee.hasEnded, cause == nil { return .truncated }
      return .failed(TLSError(reason: cause.map(Blame.words) ?? "TLS failed"))
    }
  }
}
