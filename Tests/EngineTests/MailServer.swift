import Foundation
import Wire

/// A mail server of the test's own: greets, answers EHLO with what it was told to promise, and everything else with 250.
final class MailServer: Sendable {
  private let socket: Socket
  var endpoint: Endpoint { socket.endpoint }

  init(
    promising extensions: [String] = ["PIPELINING"],
    greeting: @escaping @Sendable () -> String = { "220 mail.test ready" }
  ) throws {
    socket = try Socket()
    let socket = socket
    Thread {
      while let plug = try? socket.accept() { Thread { try? Self.serve(plug, extensions, greeting()) }.start() }
    }.start()
  }

  private static func serve(_ plug: Plug, _ extensions: [String], _ greeting: String) throws {
    try plug.send(greeting + "\r\n")
    guard greeting.hasPrefix("220") else { return plug.close() }
    while let line = try plug.line() {
      switch line.prefix(4).uppercased() {
      case "EHLO":
        let lines = ["mail.test"] + extensions
        try plug.send(lines.dropLast().map { "250-\($0)\r\n" }.joined() + "250 \(lines.last!)\r\n")
      case "QUIT":
        try plug.send("221 bye\r\n")
        return plug.close()
      default: try plug.send("250 \(line)\r\n")
      }
    }
  }
}

extension Plug {
  /// The next line without its end, or nil at the end.
  func line() throws -> String? {
    var bytes: [UInt8] = []
    while case let byte = try receive(exactly: 1), !byte.isEmpty {
      if byte[0] == 10 { return String(decoding: bytes, as: UTF8.self) }
      if byte[0] != 13 { bytes += byte }
    }
    return nil
  }
}
