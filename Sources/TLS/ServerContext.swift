private import COpenSSL

/// What usher needs to speak TLS as a server: its certificates, chosen by SNI, the first where none fits. Immutable after
/// `init`, and shared by all threads.
///
/// TLS 1.2 and 1.3, with the cipher suites and groups of Mozilla's "intermediate" but for finite-field Diffie-Hellman, which
/// costs a server a thousand times what it costs a client (CVE-2002-20001). ALPN is not answered: what is spoken inside is
/// between the client and the server behind usher.
public final class ServerContext: @unchecked Sendable {
  /// A chain and its key, as paths of PEM files.
  public struct Files: Sendable, Hashable {
    public var chain: String
    public var key: String

    public init(chain: String, key: String) {
      self.chain = chain
      self.key = key
    }
  }

  /// What clients are shown, in the order that it was given.
  public let certificates: [Certificate]
  /// What an operator wants to know and what does not keep usher from starting: sentences that name the file.
  public let warnings: [String]

  private let names: ServerNames
  /// Whether the kernel may seal what is sent.
  private let offersKernel = KernelTLS.isAvailable
  /// An `SSL_CTX` for each certificate. Those for the same names with different kinds of keys share one, and OpenSSL
  /// chooses what the client can verify.
  private let contexts: [OwnedContext]

  /// - Parameter certificates: at least one.
  /// - Throws: an error that names the file and the reason.
  public convenience init(_ certificates: [Files]) throws(TLSError) {
    var credentials: [Credentials] = []
    for files in certificates {
      credentials.append(try Credentials(chain: PEMFile(path: files.chain), key: PEMFile(path: files.key)))
    }
    try self.init(credentials)
  }

  /// With a certificate that was never a file.
  public convenience init(_ certificate: ThrowAwayCertificate) throws(TLSError) {
    let chain = PEMFile(name: "the certificate", bytes: certificate.chain)
    try self.init([Credentials(chain: chain, key: PEMFile(name: "its key", bytes: certificate.key))])
  }

  private init(_ credentials: [Credentials]) throws(TLSError) {
    precondition(!credentials.isEmpty, "a server needs a certificate")
    certificates = credentials.map(\.certificate)
    warnings = credentials.flatMap(\.warnings)
    names = ServerNames(certificates.map(\.names))
    contexts = try ServerContext.makeContexts(credentials)
    usher_set_name_callback(contexts[0].pointer, chooseCertificate, Unmanaged.passUnretained(self).toOpaque())
  }

  private static func makeContexts(_ credentials: [Credentials]) throws(TLSError) -> [OwnedContext] {
    var contexts: [OwnedContext] = []
    for (index, one) in credentials.enumerated() {
      let namesakes = credentials[..<index].indices.filter { credentials[$0].hasNames(of: one) }
      let isNewKind = !namesakes.contains { credentials[$0].hasKind(of: one) }
      let context = if isNewKind, let first = namesakes.first { contexts[first] } else { try makeContext() }
      try one.add(to: context.pointer)
      contexts.append(context)
    }
    return contexts
  }

  func makeChannel(descriptor: Int32, alreadyRead: [UInt8]) -> Channel {
    // The first has the cache and the ticket keys for all: a session may be resumed whatever certificate it was given.
    let channel = Channel(
      context: contexts[0].pointer, descriptor: descriptor, alreadyRead: alreadyRead, offersKernel: offersKernel)
    SSL_set_accept_state(channel.ssl)
    return channel
  }

  /// The certificate for a name, as an `SSL_CTX`; nil where it is the one that a session begins with.
  fileprivate func context(for name: String) -> OpaquePointer? {
    let index = names.index(of: name)
    return index == 0 ? nil : contexts[index].pointer
  }

  /// How many sessions were resumed.
  public var resumptions: Int { Int(usher_resumptions(contexts[0].pointer)) }
}

/// An `SSL_CTX` that is ours.
final class OwnedContext {
  let pointer: OpaquePointer
  init(_ pointer: OpaquePointer) { self.pointer = pointer }
  deinit { SSL_CTX_free(pointer) }
}

private typealias NameCallback =
  @convention(c) (OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?) -> Int32

private let chooseCertificate: NameCallback = { ssl, _, argument in
  guard let argument, let name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else { return SSL_TLSEXT_ERR_NOACK }
  let context = Unmanaged<ServerContext>.fromOpaque(argument).takeUnretainedValue()
  if let chosen = context.context(for: String(cString: name)) { SSL_set_SSL_CTX(ssl, chosen) }
  return SSL_TLSEXT_ERR_OK
}
