// TCP over loopback: all sockets are non-blocking and without Nagle's delay.

import CEpoll
import Glibc

/// TCP at 127.0.0.1.
public enum Sockets {
  /// A socket that listens.
  public static func listen(at port: UInt16) -> Int32 {
    let socket = open()
    set(socket, Int32(SOL_SOCKET), SO_REUSEADDR)
    _ = withAddress(port) { must(bind(socket, $0, $1), "bind to port \(port)") }
    must(Glibc.listen(socket, 16_384), "listen")
    return socket
  }

  /// A client's socket of that listener, or nil when none waits.
  public static func accept(from listener: Int32) -> Int32? {
    let socket = accept4(listener, nil, nil, Int32(SOCK_NONBLOCK.rawValue))
    return socket >= 0 ? socket : nil
  }

  /// A socket whose connection is being made.
  public static func connect(to port: UInt16) -> Int32 {
    let socket = open()
    let result = withAddress(port) { Glibc.connect(socket, $0, $1) }
    guard result == 0 || errno == EINPROGRESS else { fail("connect: \(String(cString: strerror(errno)))") }
    return socket
  }

  /// So many connections, one after the other: no proxy's backlog overflows (sslh's holds 50).
  public static func connect(_ count: Int, to port: UInt16) -> [Int32] {
    (0..<count).map { _ in
      usleep(50)
      return connect(to: port)
    }
  }

  private static func open() -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
    let socket = must(Glibc.socket(AF_INET, kind, 0), "socket")
    set(socket, Int32(IPPROTO_TCP), TCP_NODELAY)
    return socket
  }

  private static func set(_ socket: Int32, _ level: Int32, _ option: Int32) {
    var on: Int32 = 1
    must(setsockopt(socket, level, option, &on, socklen_t(MemoryLayout<Int32>.size)), "setsockopt")
  }

  private static func withAddress<Result>(
    _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
    }
  }
}

/// Bytes that stay where they are for the life of the process.
public struct FixedBytes: @unchecked Sendable {
  public let base: UnsafeMutableRawPointer
  public let count: Int

  public init(_ bytes: [UInt8]) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
    room.copyBytes(from: bytes)
    self.init(base: room.baseAddress!, count: bytes.count)
  }

  public init(_ text: String) { self.init(Array(text.utf8)) }

  private init(base: UnsafeMutableRawPointer, count: Int) {
    self.base = base
    self.count = count
  }

  /// The first of them, at the same place.
  public func prefix(_ length: Int) -> FixedBytes { FixedBytes(base: base, count: Swift.min(count, length)) }

  /// Room that is filled with a byte.
  public init(repeating byte: UInt8, count: Int) { self.init([UInt8](repeating: byte, count: count)) }
}

extension Int32 {
  /// Sends from those bytes; how many were taken, 0 when the socket is full, nil when it is broken.
  public func send(_ bytes: FixedBytes, from start: Int = 0, atMost limit: Int = .max) -> Int? {
    let length = Swift.min(bytes.count - start, limit)
    let sent = Glibc.send(self, bytes.base + start, length, Int32(MSG_NOSIGNAL))
    return sent >= 0 ? sent : errno == EAGAIN || errno == ENOTCONN ? 0 : nil
  }

  /// Receives into that room; how many came, 0 at the end of the stream (or when it is broken), nil when none are there.
  public func receive(_ room: FixedBytes) -> Int? {
    let count = recv(self, room.base, room.count, 0)
    return count >= 0 ? count : errno == EAGAIN ? nil : 0
  }

  /// Receives and forgets, without a copy.
  public func discard(_ limit: Int) -> Int? {
    let count = recv(self, nil, limit, Int32(MSG_TRUNC))
    return count >= 0 ? count : errno == EAGAIN ? nil : 0
  }
}
