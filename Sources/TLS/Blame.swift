// OpenSSL's reasons, in words that say who did what. They tell nothing that the peer chose.

private import COpenSSL

enum Blame {
  static func words(_ cause: (library: Int32, code: Int32, text: String)) -> String {
    guard cause.library == ERR_LIB_SSL else { return cause.text }
    if let alert = alert(cause.code) { return alert }
    return known[cause.code] ?? cause.text
  }

  /// OpenSSL adds 1000 to the alerts that the peer sent (RFC 8446 §6).
  private static func alert(_ code: Int32) -> String? {
    guard (SSL_AD_REASON_OFFSET..<SSL_AD_REASON_OFFSET + 256).contains(code) else { return nil }
    let name = String(cString: SSL_alert_desc_string_long(code - SSL_AD_REASON_OFFSET))
    let isAboutCertificate = certificateAlerts.contains(code - SSL_AD_REASON_OFFSET)
    return isAboutCertificate ? "the peer refuses the certificate: \(name)" : "the peer gave up: \(name)"
  }

  private static let certificateAlerts: Set<Int32> = [
    SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE, SSL_AD_CERTIFICATE_REVOKED, SSL_AD_CERTIFICATE_EXPIRED,
    SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA,
  ]

  private static let known: [Int32: String] = [
    SSL_R_HTTP_REQUEST: "the peer speaks HTTP without TLS",
    SSL_R_HTTPS_PROXY_REQUEST: "the peer speaks HTTP without TLS",
    SSL_R_WRONG_VERSION_NUMBER: "what the peer says is not TLS",
    SSL_R_UNSUPPORTED_PROTOCOL: "the peer knows no version that is allowed: TLS 1.2 or 1.3",
    SSL_R_VERSION_TOO_LOW: "the peer knows no version that is allowed: TLS 1.2 or 1.3",
    SSL_R_NO_SHARED_CIPHER: "no cipher suite in common with the peer",
    SSL_R_NO_SHARED_GROUPS: "no key exchange group in common with the peer",
    SSL_R_NO_SUITABLE_KEY_SHARE: "no key exchange group in common with the peer",
    SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS: "no signature algorithm in common with the peer",
    SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM: "no signature algorithm in common with the peer",
    SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC: "a record of the peer's was damaged",
    SSL_R_CERTIFICATE_VERIFY_FAILED: "the peer's certificate is not trusted",
    SSL_R_EE_KEY_TOO_SMALL: "the key is too small to be safe: RSA needs 2048 bits",
    SSL_R_CA_KEY_TOO_SMALL: "the key of an issuer is too small to be safe: RSA needs 2048 bits",
    SSL_R_CA_MD_TOO_WEAK: "it is signed with a digest that is no longer safe",
  ]
}
