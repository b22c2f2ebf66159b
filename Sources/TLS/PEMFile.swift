// Certificates and keys out of PEM, with a reason in words for whatever is wrong.

private import COpenSSL
private import Glibc

/// The bytes of a file that should be PEM, and its name for errors.
struct PEMFile {
  /// No chain is larger; a path that was mistyped may name anything.
  private static let largest = 1 << 20

  let name: String
  private let bytes: [UInt8]

  init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  init(path: String) throws(TLSError) {
    name = path
    bytes = try PEMFile.read(path)
  }

  static func read(_ path: String) throws(TLSError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TLSError(reason: "\(path) cannot be read: \(words(errno))") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while true {
      let count = withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 { bytes += UnsafeRawBufferPointer(rebasing: buffer[..<count]) }
        return count
      }
      if count == 0 { return bytes }
      if count < 0, errno != EINTR { throw TLSError(reason: "\(path) cannot be read: \(words(errno))") }
      if bytes.count > largest {
        throw TLSError(reason: "\(path) is larger than 1 MiB, so it holds no chain or key")
      }
    }
  }

  private static func words(_ errno: Int32) -> String {
    switch errno {
    case ENOENT: "there is no such file"
    case EACCES: "usher may not read it; check the owner and mode of the file and of its directories"
    case EISDIR: "it is a directory"
    default: String(cString: strerror(errno))
    }
  }

  /// The certificates, in the order of the file; at least one.
  func certificates() throws(TLSError) -> [OwnedCertificate] {
    let certificates = withBIO { bio in
      var certificates: [OwnedCertificate] = []
      while let certificate = PEM_read_bio_X509_AUX(bio, nil, nil, nil) { certificates.append(.init(certificate)) }
      return certificates
    }
    let cause = ErrorQueue.drain()
    // The end of a file is an error to OpenSSL as well, of its own code.
    if let cause, cause.library != ERR_LIB_PEM || cause.code != PEM_R_NO_START_LINE {
      throw TLSError(reason: "\(name) holds a certificate that is damaged: \(cause.text)")
    }
    if certificates.isEmpty { throw TLSError(reason: "\(name) holds no certificate\(hint)") }
    return certificates
  }

  /// The first private key.
  func key() throws(TLSError) -> OwnedKey {
    var isEncrypted = false
    let key = withUnsafeMutablePointer(to: &isEncrypted) { flag in
      withBIO { bio in PEM_read_bio_PrivateKey(bio, nil, noPassphrase, flag) }
    }
    let cause = ErrorQueue.drain()
    if let key { return OwnedKey(key) }
    if isEncrypted {
      let command = "openssl pkey -in \(name) -out NEW"
      throw TLSError(reason: "\(name) is encrypted, and usher has no passphrase for it; decrypt it: \(command)")
    }
    guard String(decoding: bytes, as: UTF8.self).contains("PRIVATE KEY-----") else {
      throw TLSError(reason: "\(name) holds no private key\(hint)")
    }
    throw TLSError(reason: "\(name) holds a private key that is damaged: \(cause?.text ?? "it cannot be read")")
  }

  /// DER begins with a SEQUENCE.
  private var hint: String {
    switch bytes.first {
    case nil: ": it is empty"
    case 0x30: " in PEM: it looks like DER, which openssl x509 or openssl pkey converts with -inform DER"
    default: " in PEM"
    }
  }

  private func withBIO<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
    bytes.withUnsafeBytes { bytes in
      ErrorQueue.clear()
      let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
      defer { BIO_free(bio) }
      return body(bio)
    }
  }
}

private typealias PassphraseCallback =
  @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32

/// OpenSSL would ask the terminal.
private let noPassphrase: PassphraseCallback = { _, _, _, flag in
  flag?.assumingMemoryBound(to: Bool.self).pointee = true
  return -1
}

/// An `X509` that is ours.
final class OwnedCertificate {
  let pointer: OpaquePointer
  init(_ pointer: OpaquePointer) { self.pointer = pointer }
  deinit { X509_free(pointer) }
}

/// An `EVP_PKEY` that is ours.
final class OwnedKey {
  let pointer: OpaquePointer
  init(_ pointer: OpaquePointer) { self.pointer = pointer }
  deinit { EVP_PKEY_free(pointer) }
}
