// The HTTP end that nginx's mail proxy asks where a session goes (ngx_mail_auth_http_module).

import Traffic

final class AuthServer: Server {
  private let reactor: Reactor
  private let room = FixedBytes(repeating: 0, count: 4096)
  private let answer: FixedBytes

  init(_ reactor: Reactor, port: UInt16) {
    self.reactor = reactor
    let head = ["HTTP/1.0 200 OK", "Auth-Status: OK", "Auth-Server: 127.0.0.1", "Auth-Port: \(port)", "", ""]
    answer = FixedBytes(head.joined(separator: "\r\n"))
  }

  func accepted(_ socket: Int32) -> Bool { true }

  /// nginx sends a request in one segment and reads until the end.
  func ready(_ socket: Int32, _ events: Events) {
    guard events.contains(.readable), let count = socket.receive(room) else { return }
    if count > 0 { _ = socket.send(answer) }
    reactor.close(socket)
  }
}
