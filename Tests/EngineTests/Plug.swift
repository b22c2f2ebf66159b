import Foundation
import Glibc
import Kernel
import SystemPackage
import Wire

// Peers that do what no real client or server can be made to do: blocking sockets, one call after the other.

/// A connection of the test's own. Reads give up after ten seconds, so that no test hangs.
final class Plug: @unchecked Sendable {
  private var descriptor: Descriptor?

  init(_ descriptor: consuming Descriptor) {
    var time = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor.number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor.number, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    let flags = fcntl(descriptor.number, F_GETFL)
    _ = fcntl(descriptor.number, F_SETFL, flags & ~O_NONBLOCK)
    self.descriptor = consume descriptor
  }

  /// Connects, from another address than the kernel would choose if one is given.
  convenience init(to endpoint: Endpoint, from source: Endpoint? = nil) throws {
    let descriptor = try Descriptor.streamSocket(for: endpoint)
    if let source { try descriptor.bind(to: source) }
    let flags = fcntl(descriptor.number, F_GETFL)
    _ = fcntl(descriptor.number, F_SETFL, flags & ~O_NONBLOCK)
    _ = try descriptor.connect(to: endpoint)
    self.init(descriptor)
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// - Parameter isFollowed: by more, or by the end, in the same segment.
  func send(_ bytes: [UInt8], isFollowed: Bool = false) throws {
    var sent = 0
    while sent < bytes.count {
      sent += try bytes.withUnsafeBytes {
        try descriptor!.send(UnsafeRawBufferPointer(rebasing: $0[sent...]), isFollowed: isFollowed)
      }
    }
  }

  /// Sends a byte as urgent data of TCP.
  func send(urgent byte: UInt8) throws { try descriptor!.send(urgent: byte) }

  /// What comes next, at most that many bytes; empty at the end.
  func receive(atMost count: Int = 65_536) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try descriptor!.receive(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Exactly that many bytes, or what there is before the end.
  func receive(exactly count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try receive(atMost: count - bytes.count)
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  func text(exactly count: Int) throws -> String { String(decoding: try receive(exactly: count), as: UTF8.self) }

  /// All until the end.
  func receiveAll() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = try receive()
      if more.isEmpty { return bytes }
      bytes += more
    }
  }

  func allText() throws -> String { String(decoding: try receiveAll(), as: UTF8.self) }

  func endWriting() throws { try descriptor!.shutdownWriting() }

  func close() { descriptor = nil }

  func reset() throws {
    try descriptor!.resetOnClose()
    descriptor = nil
  }

  /// How many bytes can be received now: ioctl(2), FIONREAD.
  var waitingCount: Int {
    var count: CInt = 0
    let number = descriptor?.number ?? -1
    return ioctl(number, UInt(FIONREAD), &count) == 0 ? Int(count) : -1
  }

  func set(_ option: SocketOption, to value: Int) throws { try descriptor!.set(option, to: value) }
  var remote: Endpoint { get throws { try descriptor!.remoteEndpoint() } }
  var local: Endpoint { get throws { try descriptor!.localEndpoint() } }
}

extension Descriptor {
  fileprivate borrowing func send(urgent byte: UInt8) throws {
    let number = number
    let sent = withUnsafePointer(to: byte) { Glibc.send(number, $0, 1, CInt(MSG_OOB)) }
    guard sent == 1 else { throw Errno(rawValue: errno) }
  }
}

/// A server of the test's own: listens on a free port of loopback.
final class Socket: Sendable {
  private let descriptor: Descriptor
  var number: CInt { descriptor.number }
  let endpoint: Endpoint

  init(at endpoint: Endpoint = .tcp(IPAddress("127.0.0.1")!, port: 0), backlog: Int = 128) throws {
    descriptor = try Descriptor.streamSocket(for: endpoint)
    let flags = fcntl(descriptor.number, F_GETFL)
    _ = fcntl(descriptor.number, F_SETFL, flags & ~O_NONBLOCK)
    var time = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor.number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    try descriptor.bind(to: endpoint)
    try descriptor.listen(backlog: backlog)
    self.endpoint = try descriptor.localEndpoint()
  }

  /// Waits for the next connection.
  func accept() throws -> Plug { Plug(try acceptDescriptor()) }

  func acceptDescriptor() throws -> Descriptor {
    var client = endpoint
    return try descriptor.accept(from: &client)
  }
}

extension Socket {
  /// Whether a connection waits to be accepted.
  var isReadable: Bool {
    var poll = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return Glibc.poll(&poll, 1, 0) > 0
  }

  /// Waits until one of them has a connection, and says which.
  static func first(of sockets: [Socket]) throws -> Socket {
    try eventually("a connection") { sockets.contains { $0.isReadable } }
    return sockets.first { $0.isReadable }!
  }
}
