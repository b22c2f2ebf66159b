import Foundation

extension Stage {
  /// A real stunnel with `protocol = smtp` before a mail server: TLS at once, and STARTTLS. At another port it takes only TLS
  /// at once, and waits for it as long as it takes: a slow client on a busy machine has not begun after 200 ms.
  func startStunnel(
    before server: String, extra: String = "", port: Int = Port.free(), address: String? = nil
  ) async throws -> RunningStunnel {
    let address = address ?? network.address
    let (certificate, implicitPort) = (try await Certificate.shared.value, Port.free())
    let configuration = try file(
      "stunnel.conf",
      """
      foreground = yes
      pid =
      debug = info
      socket = l:TCP_NODELAY=1

      [smtp]
      accept = \(address):\(port)
      connect = \(server)
      protocol = smtp
      cert = \(certificate.chain)
      key = \(certificate.key)
      \(extra)

      [smtps]
      accept = \(address):\(implicitPort)
      connect = \(server)
      cert = \(certificate.chain)
      key = \(certificate.key)
      \(extra)

      """)
    let child = try start("stunnel", ["stunnel4", configuration.path])
    try await until("stunnel listens", or: { child.output }) {
      guard child.exitCode == nil else { throw Failure("stunnel ended:\n\(child.output)") }
      return child.sees(listenerOn: port) && child.sees(listenerOn: implicitPort)
    }
    return RunningStunnel(
      child: child, port: port, implicitPort: implicitPort,
      address: address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)")
  }
}

/// A stunnel at work.
struct RunningStunnel: Sendable {
  let child: Child
  let port: Int
  /// TLS at once and nothing else.
  let implicitPort: Int
  let address: String
}
