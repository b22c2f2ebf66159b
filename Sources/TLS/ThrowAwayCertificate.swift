private import COpenSSL

/// A certificate that its maker signed, for demonstrations and tests: nobody trusts it, and nobody should.
public struct ThrowAwayCertificate: Sendable, Hashable {
  /// The certificate, in PEM.
  public let chain: [UInt8]
  /// Its key, in PEM: EC on P-256.
  public let key: [UInt8]

  /// - Parameters:
  ///   - names: DNS names, at least one, which may have wildcards.
  ///   - validFrom: in seconds from now.
  ///   - validUntil: in seconds from now.
  public init(names: [String], validFrom: Int, validUntil: Int) throws(TLSError) {
    precondition(!names.isEmpty, "a certificate needs a name")
    ErrorQueue.clear()
    guard let key = usher_new_p256_key(), let certificate = X509_new() else { throw ThrowAwayCertificate.failure }
    defer {
      EVP_PKEY_free(key)
      X509_free(certificate)
    }
    guard ThrowAwayCertificate.fill(certificate, key, names, validFrom, validUntil),
      let chain = ThrowAwayCertificate.pem({ PEM_write_bio_X509($0, certificate) }),
      let pem = ThrowAwayCertificate.pem({ PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) })
    else { throw ThrowAwayCertificate.failure }
    self.chain = chain
    self.key = pem
  }

  private static func fill(
    _ certificate: OpaquePointer, _ key: OpaquePointer, _ names: [String], _ validFrom: Int, _ validUntil: Int
  ) -> Bool {
    var serial: UInt64 = 0
    let subject = X509_get_subject_name(certificate)
    let alternatives = names.map { "DNS:\($0)" }.joined(separator: ",")
    return withUnsafeMutableBytes(of: &serial) { RAND_bytes($0.baseAddress, 7) == 1 }
      && X509_set_version(certificate, Int(X509_VERSION_3)) == 1
      && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1
      && X509_gmtime_adj(X509_getm_notBefore(certificate), validFrom) != nil
      && X509_gmtime_adj(X509_getm_notAfter(certificate), validUntil) != nil
      && X509_set_pubkey(certificate, key) == 1
      && X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, names[0], -1, -1, 0) == 1
      && X509_set_issuer_name(certificate, subject) == 1
      && add(NID_subject_alt_name, alternatives, to: certificate)
      && add(NID_basic_constraints, "critical,CA:TRUE", to: certificate)
      && X509_sign(certificate, key, EVP_sha256()) > 0
  }

  private static func add(_ nid: Int32, _ value: String, to certificate: OpaquePointer) -> Bool {
    guard let new = X509V3_EXT_conf_nid(nil, nil, nid, value) else { return false }
    defer { X509_EXTENSION_free(new) }
    return X509_add_ext(certificate, new, -1) == 1
  }

  private static func pem(_ write: (OpaquePointer?) -> Int32) -> [UInt8]? {
    guard let bio = BIO_new(BIO_s_mem()) else { return nil }
    defer { BIO_free(bio) }
    guard write(bio) == 1 else { return nil }
    var start: UnsafeMutablePointer<CChar>?
    let count = usher_memory(bio, &start)
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  private static var failure: TLSError {
    TLSError(reason: "OpenSSL cannot make a certificate: \(ErrorQueue.drain()?.text ?? "no memory")")
  }
}
