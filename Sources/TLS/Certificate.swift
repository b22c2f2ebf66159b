private import COpenSSL
private import Glibc

/// What people want to know of a certificate.
public struct Certificate: Sendable, Hashable {
  /// As RFC 2253 writes it; what could harm a terminal is escaped.
  public var subject: String
  public var issuer: String
  /// The names that it is for: its DNS names or, only where it has none, its common name (RFC 6125 §6.4.4).
  public var names: [String]
  /// Seconds since 1970.
  public var validFrom: Int
  /// Seconds since 1970.
  public var validUntil: Int
  /// `RSA 2048 bits`, `EC 256 bits`, …
  public var key: String

  /// The last day, as `2026-11-21` (UTC).
  public var expiry: String { Certificate.day(validUntil) }

  /// The day of a point in time, as `2026-11-21` (UTC).
  static func day(_ seconds: Int) -> String {
    var time = seconds
    var parts = tm()
    gmtime_r(&time, &parts)
    let two = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  }
}

extension Certificate {
  /// - Parameter x509: an `X509`, which is only looked at.
  init(_ x509: OpaquePointer) {
    subject = Certificate.text(X509_get_subject_name(x509))
    issuer = Certificate.text(X509_get_issuer_name(x509))
    let alternatives = Certificate.alternativeNames(x509)
    names = alternatives.isEmpty ? Certificate.commonName(x509) : alternatives
    validFrom = Certificate.seconds(X509_get0_notBefore(x509))
    validUntil = Certificate.seconds(X509_get0_notAfter(x509))
    key = Certificate.key(X509_get0_pubkey(x509))
  }

  private static func text(_ name: OpaquePointer?) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(bio) }
    usher_print_name(bio, name)
    var start: UnsafeMutablePointer<CChar>?
    let count = usher_memory(bio, &start)
    return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }

  private static func alternativeNames(_ x509: OpaquePointer) -> [String] {
    guard let names = X509_get_ext_d2i(x509, NID_subject_alt_name, nil, nil) else { return [] }
    defer { GENERAL_NAMES_free(OpaquePointer(names)) }
    return (0..<OPENSSL_sk_num(OpaquePointer(names))).compactMap { index in
      var type: Int32 = 0
      let name = OPENSSL_sk_value(OpaquePointer(names), index)?.assumingMemoryBound(to: GENERAL_NAME.self)
      let value = GENERAL_NAME_get0_value(name, &type)
      return type == GEN_DNS ? dnsName(value?.assumingMemoryBound(to: ASN1_STRING.self)) : nil
    }
  }

  private static func commonName(_ x509: OpaquePointer) -> [String] {
    let name = X509_get_subject_name(x509)
    // The last is the most specific.
    var (index, last) = (Int32(-1), Int32(-1))
    repeat {
      last = index
      index = X509_NAME_get_index_by_NID(name, NID_commonName, last)
    } while index >= 0
    guard last >= 0, let entry = X509_NAME_get_entry(name, last) else { return [] }
    return dnsName(X509_NAME_ENTRY_get_data(entry)).map { [$0] } ?? []
  }

  /// Nothing that could not stand in a name: a NUL within has fooled many (CVE-2009-2408).
  private static func dnsName(_ string: UnsafePointer<ASN1_STRING>?) -> String? {
    let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
    let isName = !bytes.isEmpty && bytes.allSatisfy { (0x21...0x7E).contains($0) }
    return isName ? String(decoding: bytes, as: UTF8.self) : nil
  }

  private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int {
    var parts = tm()
    guard ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
    return timegm(&parts)
  }

  private static func key(_ key: OpaquePointer?) -> String {
    let name = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown"
    return "\(name) \(EVP_PKEY_get_bits(key)) bits"
  }
}
