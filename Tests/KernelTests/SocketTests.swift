import Glibc
import Kernel
import SystemPackage
import Testing
import Wire

/// Sockets, on loopback.
@Suite struct SocketTests {
  /// What a Unix socket's address may be, and both families.
  static let endpoints: [Endpoint] = [
    .tcp(IPAddress("127.0.0.1")!, port: 0), .tcp(IPAddress("::1")!, port: 0), .unix("@usher-kernel-tests-endpoints"),
  ]

  private func listening(at endpoint: Endpoint) throws -> Descriptor {
    let socket = try Descriptor.streamSocket(for: endpoint)
    try socket.bind(to: endpoint)
    try socket.listen(backlog: 8)
    return socket
  }

  private func receive(_ socket: borrowing Descriptor) throws(Errno) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
    defer { buffer.deallocate() }
    let count = try socket.receive(into: buffer)
    return Array(buffer.prefix(count))
  }

  @Test(arguments: endpoints) func bothEndsKnowWhereTheyAre(endpoint: Endpoint) throws {
    let server = try listening(at: endpoint)
    let door = try server.localEndpoint()
    if case .tcp(let address, let port) = door {
      #expect(address == endpoint.ip)
      #expect(port != 0)
    } else {
      #expect(door == endpoint)
    }
    let client = try Descriptor.streamSocket(for: door)
    _ = try client.connect(to: door)
    #expect(try client.remoteEndpoint() == door)
    var from = Endpoint.unix("nowhere")
    let accepted = try server.accept(from: &from)
    #expect(try from == client.localEndpoint())
    #expect(try accepted.localEndpoint() == door)
    #expect(try client.takeError() == nil)
  }

  @Test(arguments: endpoints) func nothingBlocks(endpoint: Endpoint) throws {
    let server = try listening(at: .tcp(IPAddress("127.0.0.1")!, port: 0))
    var from = Endpoint.unix("")
    #expect(throws: Errno.wouldBlock) { try server.accept(from: &from) }
    let client = try Descriptor.streamSocket(for: try server.localEndpoint())
    _ = try client.connect(to: try server.localEndpoint())
    #expect(throws: Errno.wouldBlock) { try receive(client) }
    let accepted = try server.accept(from: &from)
    #expect(throws: Errno.wouldBlock) {
      // Nobody reads: sooner or later the kernel takes no more.
      while true { _ = try [UInt8](repeating: 0, count: 65_536).withUnsafeBytes { try accepted.send($0) } }
    }
  }

  @Test func aPortWhereNobodyListensSaysSo() throws {
    let nobody = try listening(at: .tcp(IPAddress("127.0.0.1")!, port: 0)).localEndpoint()
    let client = try Descriptor.streamSocket(for: nobody)
    #expect(try client.connect(to: nobody) == false)
    #expect(try client.takeError() == .connectionRefused)
    // It was taken.
    #expect(try client.takeError() == nil)
  }

  @Test func theEndAndAResetAreTwoThings() throws {
    let server = try listening(at: .tcp(IPAddress("127.0.0.1")!, port: 0))
    for isReset in [false, true] {
      var from = Endpoint.unix("")
      let client = try Descriptor.streamSocket(for: try server.localEndpoint())
      _ = try client.connect(to: try server.localEndpoint())
      do {
        let accepted = try server.accept(from: &from)
        if isReset { try accepted.resetOnClose() } else { try accepted.shutdownWriting() }
      }
      #expect(try client.wait(until: .readable, before: .now + .seconds(10)))
      if isReset {
        #expect(throws: Errno.connectionReset) { try receive(client) }
      } else {
        #expect(try receive(client) == [])
      }
    }
  }

  @Test func whatIsFollowedByTheEndComesWithIt() throws {
    let server = try listening(at: .tcp(IPAddress("127.0.0.1")!, port: 0))
    let client = try Descriptor.streamSocket(for: try server.localEndpoint())
    _ = try client.connect(to: try server.localEndpoint())
    _ = try Array("bye".utf8).withUnsafeBytes { try client.send($0, isFollowed: true) }
    try client.shutdownWriting()
    var from = Endpoint.unix("")
    let accepted = try server.accept(from: &from)
    #expect(try accepted.wait(until: .readable, before: .now + .seconds(10)))
    #expect(try receive(accepted) == Array("bye".utf8))
    #expect(try receive(accepted) == [])
  }

  @Test func optionsAreSetAndRead() throws {
    let socket = try Descriptor.streamSocket(for: .tcp(IPAddress("::1")!, port: 0))
    for option in [SocketOption.noDelay, .v6Only, .reuseAddress, .reusePort] {
      #expect(try socket.get(option) == 0)
      try socket.set(option)
      #expect(try socket.get(option) == 1)
    }
    #expect(try socket.get(.accepts) == 0)
  }

  @Test func aRoundTripIsMeasured() throws {
    let server = try listening(at: .tcp(IPAddress("127.0.0.1")!, port: 0))
    let client = try Descriptor.streamSocket(for: try server.localEndpoint())
    _ = try client.connect(to: try server.localEndpoint())
    var from = Endpoint.unix("")
    let time = try server.accept(from: &from).roundTripTime()
    #expect(time > .zero)
    #expect(time < .seconds(10))
  }

  @Test func aPathThatIsTooLongIsNoAddress() throws {
    let path = Endpoint.unix("/" + String(repeating: "x", count: 120))
    let socket = try Descriptor.streamSocket(for: path)
    #expect(throws: Errno.fileNameTooLong) { try socket.bind(to: path) }
    #expect(throws: Errno.fileNameTooLong) { try socket.connect(to: path) }
  }
}
