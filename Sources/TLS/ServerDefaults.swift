// How every context of a server is set up.

private import COpenSSL

extension ServerContext {
  /// TLS 1.2 suites: forward secrecy and authenticated encryption, the fastest first.
  private static let ciphers = """
    ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
    ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
    """
  private static let suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
  private static let groups = "X25519:P-256:P-384"
  /// Sessions of clients of TLS 1.2 without tickets; all others keep their session themselves.
  private static let cachedSessions = 1000
  /// How long a session may be resumed, in seconds.
  static let sessionLifetime = 7200

  static func makeContext() throws(TLSError) -> OwnedContext {
    ErrorQueue.clear()
    guard let context = SSL_CTX_new(TLS_server_method()) else {
      throw TLSError(reason: "OpenSSL: \(ErrorQueue.drain()?.text ?? "no memory")")
    }
    let owned = OwnedContext(context)
    guard usher_set_lowest_version(context, TLS1_2_VERSION) == 1, SSL_CTX_set_cipher_list(context, ciphers) == 1,
      SSL_CTX_set_ciphersuites(context, suites) == 1, usher_set_groups(context, groups) == 1
    else {
      throw TLSError(reason: "OpenSSL as it is set up here lacks what TLS needs: \(ErrorQueue.drain()?.text ?? "")")
    }
    usher_set_options(context)
    usher_set_modes(context)
    usher_set_read_ahead(context)
    setUpResumption(context)
    return owned
  }

  private static func setUpResumption(_ context: OpaquePointer) {
    usher_set_session_cache(context, Int(SSL_SESS_CACHE_SERVER), cachedSessions)
    SSL_CTX_set_timeout(context, sessionLifetime)
    SSL_CTX_set_session_id_context(context, "usher", 5)
    // A mail client makes one connection at a time; browsers want two.
    SSL_CTX_set_num_tickets(context, 1)
    TicketKeys.use(in: context)
  }
}
