import SystemPackage
import TLS

/// TLS between usher itself and a client: stands between the connection and the client's socket.
final class SecuredClient {
  private var session: ServerSession
  /// Whether the handshake is done.
  private(set) var isReady = false
  /// Whether close_notify was said, and FIN is to follow it.
  private var owesEnd = false
  /// Whether the client is to be read from once it has taken what waits for it: epoll has told of its bytes, and will not again.
  private var owesReading = false

  /// - Parameters:
  ///   - socket: the client's descriptor, which must outlive this.
  ///   - alreadyRead: what it sent before TLS began.
  init(_ context: ServerContext, over socket: CInt, alreadyRead: [UInt8]) {
    session = ServerSession(context, descriptor: socket, alreadyRead: alreadyRead)
  }

  /// What came of a part of the handshake.
  enum Handshake {
    case done
    case waits
    case failed(String)
  }

  /// Goes on with the handshake.
  func handshake(_ end: inout End) -> Handshake {
    let mayRead = end.state.contains(.mayHaveBytes)
    end.state.remove(.mayHaveBytes)
    var step = session.handshake(mayRead: mayRead)
    while step == .wantsRead, end.mayHaveMore() { step = session.handshake(mayRead: true) }
    switch step {
    case .done:
      isReady = true
      // Plaintext may have come with it, of which epoll does not tell.
      if session.hasMoreToRead || !end.state.isDisjoint(with: [.willEnd, .willBreak, .isUrgent]) {
        end.state.insert(.mayHaveBytes)
      }
      note(&end)
      return .done
    case .wantsRead, .wantsWrite:
      note(&end)
      return .waits
    case .ended, .truncated: return .failed("the client left")
    case .broken(let errno): return .failed("\(Errno(rawValue: errno))")
    case .failed(let error):
      _ = session.flush()
      return .failed(error.reason)
    }
  }

  /// Reads plaintext; see `End.read`.
  func read(into buffer: UnsafeMutableRawBufferPointer, _ end: inout End) -> End.Reading {
    defer { note(&end) }
    var step = session.read(into: buffer)
    while step == .wantsRead, end.mayHaveMore() { step = session.read(into: buffer) }
    switch step {
    case .done(let count):
      let isDrained =
        count < buffer.count && !session.hasMoreToRead
        && end.state.isDisjoint(with: [.willEnd, .willBreak, .isUrgent])
      if isDrained { end.state.remove(.mayHaveBytes) }
      return .bytes(count)
    case .wantsRead:
      end.state.remove(.mayHaveBytes)
      return .nothing
    case .wantsWrite:
      // Asking again before it can be written to would be asking without end.
      end.state.remove(.mayHaveBytes)
      owesReading = true
      return .nothing
    case .ended, .truncated:
      end.state.remove(.mayHaveBytes)
      end.state.insert(.hasEnded)
      return .end
    case .broken(let errno): return .broken("\(Errno(rawValue: errno))")
    case .failed(let error): return .broken(error.reason)
    }
  }

  /// Writes plaintext; see `End.write`.
  func write(_ bytes: UnsafeRawBufferPointer, _ end: inout End, isLast: Bool) -> End.Writing {
    defer { note(&end) }
    switch session.write(bytes, isLast: isLast) {
    case .done(let count): return .taken(count)
    case .wantsRead, .wantsWrite: return .taken(0)
    case .ended, .truncated: return .broken("TLS has ended")
    case .broken(let errno): return .broken("\(Errno(rawValue: errno))")
    case .failed(let error): return .broken(error.reason)
    }
  }

  /// Sends what waits, encrypted, for the socket.
  /// - Returns: why the client is broken, if it is.
  func flush(_ end: inout End) -> String? {
    defer { note(&end) }
    if case .broken(let errno) = session.flush() { return "\(Errno(rawValue: errno))" }
    return nil
  }

  /// Says close_notify, then FIN for those who only wait for that: the client may go on sending (RFC 8446 §6.1).
  /// - Parameter isClosing: the socket is closed next, so FIN needs no saying.
  func endWriting(_ end: inout End, isClosing: Bool) {
    _ = session.endWriting()
    owesEnd = !isClosing
    note(&end)
  }

  /// Bytes on the socket, from the client and to it.
  var traffic: (received: UInt64, sent: UInt64) { (session.bytesReceived, session.bytesSent) }

  private func note(_ end: inout End) {
    guard !session.hasUnsent else { return end.state.formUnion(.isFull) }
    end.state.remove(.isFull)
    if owesEnd { end.endWriting() }
    if owesReading { end.state.insert(.mayHaveBytes) }
    (owesEnd, owesReading) = (false, false)
  }
}
