// A chain and its key, checked against each other.

private import COpenSSL
private import Glibc

/// What one certificate of a server consists of.
struct Credentials {
  /// The server's own certificate first.
  let chain: [OwnedCertificate]
  let key: OwnedKey
  let certificate: Certificate
  /// What does not keep usher from starting.
  let warnings: [String]
  private let names: (chain: String, key: String)

  init(chain chainFile: PEMFile, key keyFile: PEMFile) throws(TLSError) {
    names = (chainFile.name, keyFile.name)
    chain = try chainFile.certificates()
    key = try keyFile.key()
    try Credentials.check(key, chain, names)
    certificate = Certificate(chain[0].pointer)
    warnings =
      Credentials.timeWarnings(chain.map { Certificate($0.pointer) }, names.chain)
      + Credentials.orderWarnings(chain, names.chain)
  }

  private static func check(
    _ key: OwnedKey, _ chain: [OwnedCertificate], _ names: (chain: String, key: String)
  ) throws(TLSError) {
    defer { ErrorQueue.clear() }
    switch chain.firstIndex(where: { X509_check_private_key($0.pointer, key.pointer) == 1 }) {
    case 0: return
    case let index?:
      throw TLSError(
        reason:
          "\(names.chain) is in the wrong order: the certificate of \(names.key) must come first, and it is number "
          + "\(index + 1)")
    case nil:
      let subject = Certificate(chain[0].pointer).subject
      throw TLSError(reason: "\(names.key) is not the key of \(names.chain), whose first certificate is for \(subject)")
    }
  }

  private static func timeWarnings(_ chain: [Certificate], _ name: String) -> [String] {
    let now = time(nil)
    return chain.compactMap { certificate in
      if certificate.validUntil < now {
        return "\(name): the certificate for \(certificate.subject) expired on \(certificate.expiry)"
      }
      if certificate.validFrom > now {
        let day = Certificate.day(certificate.validFrom)
        return "\(name): the certificate for \(certificate.subject) is not valid before \(day)"
      }
      return nil
    }
  }

  /// Each is to certify the one before it; RFC 8446 §4.4.2 lets clients put up with less, and not all do.
  private static func orderWarnings(_ chain: [OwnedCertificate], _ name: String) -> [String] {
    zip(chain, chain.dropFirst()).compactMap { subject, issuer in
      defer { ErrorQueue.clear() }
      if X509_check_issued(issuer.pointer, subject.pointer) == X509_V_OK { return nil }
      let (subject, issuer) = (Certificate(subject.pointer), Certificate(issuer.pointer))
      return "\(name): \(issuer.subject) does not certify \(subject.subject), which stands before it"
    }
  }

  /// Whether both are for the same names.
  func hasNames(of other: Credentials) -> Bool { Set(certificate.names) == Set(other.certificate.names) }

  /// Whether both have the same kind of key: RSA, EC, …
  func hasKind(of other: Credentials) -> Bool {
    EVP_PKEY_get_base_id(key.pointer) == EVP_PKEY_get_base_id(other.key.pointer)
  }

  /// Gives them to an `SSL_CTX`, which may have one of each kind of key.
  func add(to context: OpaquePointer) throws(TLSError) {
    let issuers = OPENSSL_sk_new_null()
    defer { OPENSSL_sk_free(issuers) }
    for certificate in chain.dropFirst() { OPENSSL_sk_push(issuers, UnsafeRawPointer(certificate.pointer)) }
    ErrorQueue.clear()
    if SSL_CTX_use_cert_and_key(context, chain[0].pointer, key.pointer, issuers, 0) == 1 { return }
    let reason = ErrorQueue.drain().map(Blame.words) ?? "OpenSSL does not take it"
    throw TLSError(reason: "\(names.chain) cannot be used: \(reason)")
  }
}
