// TLS for the clients: libssl over the reactor's sockets.

import COpenSSL
import Traffic

/// Makes sessions that share one context.
final class TLSClients {
  private let context: OpaquePointer
  private let name: String

  init(name: String) {
    self.name = name
    guard let context = SSL_CTX_new(TLS_client_method()) else { fail("SSL_CTX_new") }
    self.context = context
  }

  /// A client's end over that socket; it resumes the session, if there is one.
  func open(_ socket: Int32, resuming session: OpaquePointer?) -> TLSClient {
    guard let ssl = SSL_new(context) else { fail("SSL_new") }
    SSL_set_fd(ssl, socket)
    name.withCString {
      _ = SSL_ctrl(
        ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), UnsafeMutableRawPointer(mutating: $0))
    }
    if let session { SSL_set_session(ssl, session) }
    SSL_set_connect_state(ssl)
    return TLSClient(ssl: ssl)
  }
}

/// A client's end.
struct TLSClient {
  fileprivate let ssl: OpaquePointer

  /// What a step led to.
  enum Progress: Equatable {
    case done(Int)
    /// The socket has no more, or takes no more.
    case later
    case ended
    case broken
  }

  func handshake() -> Progress { progress(SSL_do_handshake(ssl)) }
  func write(_ bytes: FixedBytes) -> Progress { progress(SSL_write(ssl, bytes.base, Int32(bytes.count))) }
  func read(_ room: FixedBytes) -> Progress { progress(SSL_read(ssl, room.base, Int32(room.count))) }
  func sayGoodbye() { SSL_shutdown(ssl) }

  var wasResumed: Bool { SSL_session_reused(ssl) == 1 }
  /// The session, for another connection; the caller keeps it.
  var session: OpaquePointer? { SSL_get1_session(ssl) }

  /// Frees what it holds; the socket stays.
  func free() {
    // Otherwise libssl takes the session for a broken one.
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
    SSL_free(ssl)
  }

  private func progress(_ result: Int32) -> Progress {
    if result > 0 { return .done(Int(result)) }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .later
    case SSL_ERROR_ZERO_RETURN: return .ended
    default:
      ERR_clear_error()
      return .broken
    }
  }
}
