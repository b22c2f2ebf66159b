import Foundation

// A client made by hand, for what no real client can be made to do.

/// A TCP connection whose bytes a test says one by one.
final class RawClient: Sendable {
  private let descriptor: Int32

  /// Connects to a port of this machine.
  /// - Parameter source: from which loopback address.
  init(port: Int, source: String? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if let source {
      guard withAddress(source, 0, { bind(descriptor, $0, $1) }) == 0 else { throw Failure("cannot bind \(source)") }
    }
    guard withAddress("127.0.0.1", port, { connect(descriptor, $0, $1) }) == 0 else {
      Glibc.close(descriptor)
      throw Failure("nobody listens on \(port)")
    }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit { Glibc.close(descriptor) }

  /// Sends all of it, and gives up only when nothing moves for half a minute or the other side has closed.
  /// - Returns: how much was taken.
  @discardableResult
  func send(_ bytes: [UInt8]) async throws -> Int {
    var sent = 0
    while sent < bytes.count {
      let rest = bytes[sent...]
      let count = try await first("the other side reads") { offer(rest) }
      guard count > 0 else { return sent }
      sent += count
    }
    return sent
  }

  /// Sends what is taken at once: how much that was, nil when nothing is now, -1 when nothing ever will be.
  func offer(_ bytes: ArraySlice<UInt8>, urgently: Bool = false) -> Int? {
    let flags = Int32(urgently ? MSG_NOSIGNAL | MSG_OOB : MSG_NOSIGNAL)
    let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
    return count < 0 && errno == EAGAIN ? nil : count
  }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  /// What comes, until the condition holds or the other side ends.
  func receive(_ what: String, until enough: (String) -> Bool) async throws -> String {
    var text = ""
    try await EndToEndTests.until("there comes \(what)", or: { text }) {
      while !enough(text) {
        switch read() {
        case nil: return false
        case []: return true
        case .some(let bytes): text += String(decoding: bytes, as: UTF8.self)
        }
      }
      return true
    }
    return text
  }

  /// One whole reply of SMTP, with all its lines.
  func reply() async throws -> String {
    try await receive("a reply") { text in
      text.hasSuffix("\r\n") && text.dropLast(2).split(separator: "\r\n").last?.dropFirst(3).first != "-"
    }
  }

  /// Says a command, and returns the reply.
  func say(_ command: String) async throws -> String {
    try await send(command + "\r\n")
    return try await reply()
  }

  /// All that comes until the other side ends.
  func rest() async throws -> String { try await receive("the end") { _ in false } }

  /// No more will be sent.
  func shutdown() { _ = Glibc.shutdown(descriptor, Int32(SHUT_WR)) }

  /// Leaves without a FIN.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// Leaves with a FIN. The number stays taken until nobody can use it any more.
  func close() { _ = dup2(Self.nothing, descriptor) }

  private static let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)

  /// What is there; nil when nothing is yet, empty at the end.
  func read() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0 && errno == EAGAIN { return nil }
    return Array(buffer.prefix(max(count, 0)))
  }
}

/// A loopback address for the calls that want one.
func withAddress<Value>(
  _ host: String, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
) -> Value {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(port).bigEndian
  inet_pton(AF_INET, host, &address.sin_addr)
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
}
