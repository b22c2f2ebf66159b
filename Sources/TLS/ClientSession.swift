private import COpenSSL

/// What usher needs to speak TLS as a client: to look at a server, not to trust it with anything.
public final class ClientContext: @unchecked Sendable {
  fileprivate let context: OpaquePointer

  /// Certificates are judged by what this machine trusts.
  public init() throws(TLSError) {
    ErrorQueue.clear()
    guard let context = SSL_CTX_new(TLS_client_method()) else {
      throw TLSError(reason: "OpenSSL: \(ErrorQueue.drain()?.text ?? "no memory")")
    }
    self.context = context
    // A machine that trusts nobody is told so in each verdict.
    SSL_CTX_set_default_verify_paths(context)
    ErrorQueue.clear()
    usher_set_options(context)
    usher_set_modes(context)
    usher_set_read_ahead(context)
  }

  deinit { SSL_CTX_free(context) }
}

/// TLS with one server, over a socket that the session uses and does not own. Whatever the server's certificate is worth, the
/// handshake goes on: `server` tells.
public struct ClientSession: ~Copyable {
  /// What a handshake has shown.
  public struct Server: Sendable, Hashable {
    /// `TLSv1.3`.
    public var version: String
    /// `TLS_AES_128_GCM_SHA256`.
    public var cipher: String
    public var certificate: Certificate?
    /// Why this machine would not trust the certificate with the name that was asked for; nil where it would.
    public var distrust: String?
    /// Whether it is a session of before.
    public var isResumed: Bool
  }

  private var channel: Channel

  /// - Parameters:
  ///   - context: what it shares with others.
  ///   - descriptor: a connected socket, not blocking.
  ///   - serverName: whom to ask for (SNI), and to expect in the certificate; nil asks for nobody.
  public init(_ context: ClientContext, descriptor: Int32, serverName: String?) {
    channel = Channel(context: context.context, descriptor: descriptor, alreadyRead: [], offersKernel: false)
    SSL_set_connect_state(channel.ssl)
    if let serverName {
      _ = usher_set_server_name(channel.ssl, serverName)
      SSL_set1_host(channel.ssl, serverName)
    }
    ErrorQueue.clear()
  }

  /// Goes on with the handshake.
  public mutating func handshake() -> Step { channel.handshake(mayRead: true) }
  /// Reads plaintext, as `ServerSession` does.
  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Step { channel.read(into: buffer) }
  /// Whether `read` would give something without the socket.
  public var hasMoreToRead: Bool { channel.hasMoreToRead }
  /// Writes plaintext, all of it or nothing.
  public mutating func write(_ buffer: UnsafeRawBufferPointer) -> Step { channel.write(buffer, isLast: false) }
  /// Whether something waits for the socket to be writable.
  public var hasUnsent: Bool { channel.hasUnsent }
  /// Sends what waits.
  public mutating func flush() -> Step { channel.flush() }
  /// Says close_notify.
  public mutating func endWriting() -> Step { channel.endWriting() }

  /// What the handshake has shown; nil before it is done.
  public var server: Server? {
    guard SSL_is_init_finished(channel.ssl) == 1 else { return nil }
    return Server(
      version: String(cString: SSL_get_version(channel.ssl)),
      cipher: SSL_CIPHER_get_name(SSL_get_current_cipher(channel.ssl)).map { String(cString: $0) } ?? "none",
      certificate: SSL_get0_peer_certificate(channel.ssl).map { Certificate($0) },
      distrust: distrust, isResumed: SSL_session_reused(channel.ssl) == 1)
  }

  private var distrust: String? {
    let result = SSL_get_verify_result(channel.ssl)
    return result == Int(X509_V_OK) ? nil : String(cString: X509_verify_cert_error_string(result))
  }
}
