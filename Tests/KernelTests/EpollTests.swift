import Kernel
import SystemPackage
import Testing
import Wire

/// What wakes a thread.
@Suite struct EpollTests {
  @Test func aWakeupIsToldUntilItIsCleared() throws {
    let epoll = try Epoll()
    let wakeup = try Wakeup()
    var ready = Epoll.Ready(capacity: 4)
    try epoll.add(wakeup.number, .readable, key: 7)
    #expect(try epoll.wait(for: &ready, milliseconds: 0) == 0)
    wakeup.wake()
    wakeup.wake()
    for _ in 0..<2 {
      #expect(try epoll.wait(for: &ready, milliseconds: -1) == 1)
      #expect(ready[0].key == 7)
      #expect(ready[0].events == .readable)
    }
    wakeup.clear()
    #expect(try epoll.wait(for: &ready, milliseconds: 0) == 0)
  }

  @Test func anEdgeIsToldOnce() throws {
    let epoll = try Epoll()
    var ready = Epoll.Ready(capacity: 4)
    let server = try Descriptor.streamSocket(for: .unix("@usher-kernel-tests-edge"))
    try server.bind(to: .unix("@usher-kernel-tests-edge"))
    try server.listen(backlog: 1)
    let client = try Descriptor.streamSocket(for: .unix("@usher-kernel-tests-edge"))
    #expect(try client.connect(to: .unix("@usher-kernel-tests-edge")))
    var from = Endpoint.unix("")
    let accepted = try server.accept(from: &from)
    try epoll.add(accepted.number, [.readable, .peerEnded, .edgeTriggered], key: .max - 1)
    #expect(try epoll.wait(for: &ready, milliseconds: 0) == 0)
    _ = try [UInt8](repeating: 1, count: 10).withUnsafeBytes { try client.send($0) }
    #expect(try epoll.wait(for: &ready, milliseconds: -1) == 1)
    #expect(ready[0] == (.max - 1, .readable))
    #expect(try epoll.wait(for: &ready, milliseconds: 0) == 0)
    // Writing is asked for later: a change tells how things are.
    try epoll.change(accepted.number, [.readable, .writable, .edgeTriggered], key: 5)
    #expect(try epoll.wait(for: &ready, milliseconds: -1) == 1)
    #expect(ready[0] == (5, [.readable, .writable]))
    try client.shutdownWriting()
    #expect(try epoll.wait(for: &ready, milliseconds: -1) == 1)
    #expect(ready[0].events.contains(.readable))
    try epoll.remove(accepted.number)
    #expect(throws: Errno.noSuchFileOrDirectory) { try epoll.remove(accepted.number) }
  }

  @Test func aPipeMovesBytesBetweenSockets() throws {
    let server = try Descriptor.streamSocket(for: .unix("@usher-kernel-tests-pipe"))
    try server.bind(to: .unix("@usher-kernel-tests-pipe"))
    try server.listen(backlog: 2)
    var from = Endpoint.unix("")
    let source = try Descriptor.streamSocket(for: .unix("@usher-kernel-tests-pipe"))
    _ = try source.connect(to: .unix("@usher-kernel-tests-pipe"))
    let input = try server.accept(from: &from)
    let sink = try Descriptor.streamSocket(for: .unix("@usher-kernel-tests-pipe"))
    _ = try sink.connect(to: .unix("@usher-kernel-tests-pipe"))
    let output = try server.accept(from: &from)

    let pipe = try Pipe(capacity: 65_536)
    #expect(pipe.capacity == 65_536)
    #expect(throws: Errno.wouldBlock) { try pipe.fill(from: input, atMost: 100) }
    let sent = (0..<100).map { UInt8($0) }
    _ = try sent.withUnsafeBytes { try source.send($0) }
    #expect(try pipe.fill(from: input, atMost: 100) == 100)
    #expect(try pipe.drain(into: output, atMost: 100, isFollowed: false) == 100)
    let received = try [UInt8](unsafeUninitializedCapacity: 200) { buffer, count in
      count = try sink.receive(into: UnsafeMutableRawBufferPointer(buffer))
    }
    #expect(received == sent)
    try source.shutdownWriting()
    #expect(try pipe.fill(from: input, atMost: 100) == 0)
  }
}
