import Foundation

/// A self-signed certificate for `localhost` and the test networks, made once.
struct Certificate: Sendable {
  let chain: String
  let key: String

  /// The same in another folder.
  func copied(to folder: URL) throws -> Certificate {
    let copy = Certificate(chain: folder.appending(path: "chain.pem").path, key: folder.appending(path: "key.pem").path)
    try FileManager.default.copyItem(atPath: chain, toPath: copy.chain)
    try FileManager.default.copyItem(atPath: key, toPath: copy.key)
    return copy
  }

  static let shared = Task {
    let folder = Machine.temporary("certificate")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let certificate = Certificate(
      chain: folder.appending(path: "chain.pem").path, key: folder.appending(path: "key.pem").path)
    try await run(
      [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,DNS:mail.example,IP:127.0.0.1,IP:10.250.0.1",
        "-out", certificate.chain, "-keyout", certificate.key,
      ], folder)
    chmod(certificate.key, 0o644)
    return certificate
  }
}
