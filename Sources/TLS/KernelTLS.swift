// Kernel TLS (Documentation/networking/tls.rst): what is written is sealed by the kernel on its way, which saves two copies of
// it. OpenSSL hands it the keys in the handshake. Reading stays here: one recv for many records is what we have anyway.

private import COpenSSL
private import Glibc

enum KernelTLS {
  /// Whether the module is loaded. To load it is the administrator's word that it is wanted (`modprobe tls`): to ask for it in
  /// another way would load it.
  static var isAvailable: Bool {
    guard let file = try? PEMFile.read("/proc/sys/net/ipv4/tcp_available_ulp") else { return false }
    return String(decoding: file, as: UTF8.self).split { $0 == " " || $0 == "\n" }.contains("tls")
  }

  /// Prepares a TCP socket. What is sent goes out as it is until OpenSSL hands over a key.
  static func prepare(_ socket: Int32) -> Bool {
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_ULP, "tls", 4) == 0
  }

  /// BIO_CTRL_SET_KTLS, of which the headers tell in a comment: its number is 0 for the key of what is received, and another
  /// for the key of what is sent.
  static let setKey: Int32 = 72
}
