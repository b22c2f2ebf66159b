import Foundation
import Kernel
import Routing
import Synchronization
import Testing
import Wire

@testable import Engine

/// Bytes both ways, in each way of moving them.
@Suite struct RelayTests {
  @Test(arguments: RelayMode.allCases) func bytesGoBothWays(mode: RelayMode) throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]), relayMode: mode)
    let client = try fixture.client()
    try client.send("hello")
    let accepted = try server.accept()
    #expect(try accepted.text(exactly: 5) == "hello")
    try accepted.send("and welcome")
    #expect(try client.text(exactly: 11) == "and welcome")
    client.close()
    #expect(try accepted.allText() == "")
    accepted.close()
    let report = try fixture.ledger.reports(1)[0]
    #expect(report.ending == "closed")
    #expect(report.bytesFromClient == 5)
    #expect(report.bytesToClient == 11)
    #expect(report.serverAddress == server.endpoint)
  }

  @Test(arguments: RelayMode.allCases) func aServerMayEndFirst(mode: RelayMode) throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]), relayMode: mode)
    let client = try fixture.client()
    let accepted = try server.accept()
    try accepted.send("bye")
    try accepted.endWriting()
    #expect(try client.allText() == "bye")
    try client.send("still here")
    try client.endWriting()
    #expect(try accepted.allText() == "still here")
    #expect(try fixture.ledger.reports(1)[0].ending == "closed")
  }

  @Test(arguments: RelayMode.allCases) func aClientMayEndFirst(mode: RelayMode) throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]), relayMode: mode)
    let client = try fixture.client()
    try client.send("question")
    try client.endWriting()
    let accepted = try server.accept()
    #expect(try accepted.allText() == "question")
    try accepted.send("answer")
    accepted.close()
    #expect(try client.allText() == "answer")
    #expect(try fixture.ledger.reports(1)[0].ending == "closed")
  }

  @Test(arguments: RelayMode.allCases) func muchGoesBothWaysAtOnce(mode: RelayMode) throws {
    let count = 64 << 20
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]), relayMode: mode)
    let client = try fixture.client()
    let accepted = try server.accept()
    let sent = try [(client, UInt64(1)), (accepted, 2)].map { plug, seed in
      try Flow(seed: seed, count: count).send(over: plug)
    }
    let toServer = try Flow.receive(from: accepted)
    let toClient = try Flow.receive(from: client)
    #expect(try [toServer.value(), toClient.value()] == sent.map { try $0.value() })
    let report = try fixture.ledger.reports(1)[0]
    #expect(report.ending == "closed")
    #expect(report.bytesFromClient == UInt64(count))
    #expect(report.bytesToClient == UInt64(count))
  }

  /// Behind a reader that does not read, the writer is stopped: what is under way is bounded by the kernel's buffers and
  /// what usher read at once, not by what the writer has.
  @Test(arguments: RelayMode.allCases) func aSlowReaderStopsTheWriter(mode: RelayMode) throws {
    let count = 64 << 20
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]), relayMode: mode)
    let client = try fixture.client()
    let accepted = try server.accept()
    let flow = Flow(seed: 3, count: count)
    let sent = try flow.send(over: accepted)
    try eventually("the writer is stopped") {
      let before = flow.progress.load(ordering: .relaxed)
      usleep(300_000)
      return before > 0 && flow.progress.load(ordering: .relaxed) == before
    }
    #expect(flow.progress.load(ordering: .relaxed) < count / 2)
    #expect(try Flow.receive(from: client).value() == sent.value())
  }

  @Test(arguments: RelayMode.allCases) func aClientThatBreaksBreaksTheServer(mode: RelayMode) throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]), relayMode: mode)
    let client = try fixture.client()
    let accepted = try server.accept()
    try client.send("x")
    _ = try accepted.receive(exactly: 1)
    try client.reset()
    #expect(throws: (any Error).self) { try accepted.receive() }
    #expect(try fixture.ledger.reports(1)[0].ending == "reset-by-client")
  }

  @Test(arguments: RelayMode.allCases) func aServerThatBreaksBreaksTheClient(mode: RelayMode) throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]), relayMode: mode)
    let client = try fixture.client()
    let accepted = try server.accept()
    try accepted.send("x")
    _ = try client.receive(exactly: 1)
    try accepted.reset()
    #expect(throws: (any Error).self) { try client.receive() }
    #expect(try fixture.ledger.reports(1)[0].ending == "reset-by-server")
  }

  /// What came before a reset does not make it an end.
  @Test func aResetBehindBytesIsOne() throws {
    let listener = try Socket()
    let peer = try Plug(to: listener.endpoint)
    var end = End()
    end.socket = try listener.acceptDescriptor()
    try peer.send("hello")
    try peer.reset()
    end.happened([.readable, .peerEnded, .hungUp, .failed])
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
    defer { buffer.deallocate() }
    guard case .bytes(5) = end.read(into: buffer) else { return #expect(Bool(false), "no bytes") }
    guard case .broken = end.read(into: buffer) else { return #expect(Bool(false), "not broken") }
  }

  /// The kernel stops reading before an urgent byte, and splicing for good. A client's stays where it was; a server's is left out.
  @Test(arguments: RelayMode.allCases) func anUrgentByteStopsNothing(mode: RelayMode) throws {
    let (before, behind) = (noise(1 << 20, seed: 11), noise(1 << 20, seed: 12))
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]), relayMode: mode)
    let client = try fixture.client()
    let accepted = try server.accept()
    let sending = [client, accepted].map { plug in
      Background {
        try plug.send(before)
        try plug.send(urgent: 33)
        try plug.send(behind)
        try plug.endWriting()
      }
    }
    let receiving = Background {
      let heard = try client.receiveAll()
      #expect(heard == before + behind)
    }
    #expect(try accepted.receiveAll() == before + [33] + behind)
    for task in sending + [receiving] { try task.wait() }
  }

  @Test func whatIsBehindAnUrgentByteIsReadToo() throws {
    let listener = try Socket()
    let peer = try Plug(to: listener.endpoint)
    let socket = try listener.acceptDescriptor()
    let number = socket.number
    var end = End()
    end.socket = consume socket
    try peer.send("before")
    try peer.send(urgent: 33)
    try peer.send("behind")
    try peer.endWriting()
    var ready = Epoll.Ready(capacity: 1)
    // When the end is there, all is.
    let first = try Epoll()
    try first.add(number, .peerEnded, key: 0)
    let endings = try first.wait(for: &ready, milliseconds: 10_000)
    #expect(endings == 1)
    let epoll = try Epoll()
    try epoll.add(number, [.readable, .urgent, .peerEnded, .edgeTriggered], key: 0)
    let count = try epoll.wait(for: &ready, milliseconds: 10_000)
    #expect(count == 1)
    end.happened(ready[0].events)
    var heard: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
    defer { buffer.deallocate() }
    while end.state.contains(.mayHaveBytes), case .bytes(let count) = end.read(into: buffer) {
      heard += buffer[..<count]
    }
    #expect(String(decoding: heard, as: UTF8.self) == "beforebehind")
    let hasEnded = end.state.contains(.hasEnded)
    #expect(hasEnded)
  }

  /// What is held back for more to come leaves when no more does, not when the kernel's patience ends.
  @Test func whatIsHeldBackLeavesWhenReleased() throws {
    let listener = try Socket()
    let source = try Plug(to: listener.endpoint)
    var from = End()
    from.socket = try listener.acceptDescriptor()
    let sink = try Plug(to: listener.endpoint)
    var to = End()
    to.socket = try listener.acceptDescriptor()
    let conduit = try Conduit(capacity: 65_536, budget: DescriptorBudget(most: 2), census: Counter())
    // More than half of the pipe, less than a segment of loopback.
    try source.send([UInt8](repeating: 0x2e, count: 40_000))
    guard case .bytes(40_000) = from.fill(conduit) else { return #expect(Bool(false), "not filled") }
    #expect(conduit.isAsGoodAsFull)
    guard case .taken(40_000) = to.drain(conduit, isFollowed: true) else { return #expect(Bool(false), "not taken") }
    #expect(to.state.contains(.isHeldBack))
    to.release()
    #expect(sink.waitingCount == 40_000)
  }

  /// Without pipes bytes are copied. That is told once, and once when it is over, and no byte is lost by it.
  @Test func pipesThatRunOutAreTold() throws {
    let server = try Socket()
    var configuration = Configuration.relay(to: [server.endpoint])
    configuration.settings.threads = 1
    // Enough for a client, and for no pipe beside it: each needs two.
    let fixture = try Fixture(configuration, relayMode: .splicing, descriptors: 66 + 3)
    do {
      let client = try fixture.client()
      let accepted = try server.accept()
      let sent = try Flow(seed: 5, count: 4 << 20).send(over: client)
      #expect(try Flow.receive(from: accepted).value() == sent.value())
      client.close()
      accepted.close()
    }
    try fixture.ledger.notice(of: "there are no more pipes")
    // The client has left, and nobody comes: it is over by itself.
    try fixture.ledger.notice(of: "there are pipes again")
    #expect(fixture.ledger.notices.filter { $0.message.contains("there are no more pipes") }.count == 1)
    // The one that is kept ready takes nobody's place.
    try fixture.client().close()
    try server.accept().close()
  }

  /// However a relay ends, nothing of it is left open.
  @Test(arguments: RelayMode.allCases) func aClientThatBreaksAtAnyByteLeavesNothing(mode: RelayMode) throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]), relayMode: mode)
    for count in stride(from: 0, to: 1 << 20, by: 130_000) {
      let client = try fixture.client()
      let accepted = try server.accept()
      let sent = try Flow(seed: 4, count: 2 << 20).send(over: accepted)
      _ = try client.receive(exactly: count)
      try client.reset()
      _ = try? sent.value()
    }
    _ = try fixture.ledger.reports(8)
    try eventually("no connections") { fixture.pool.connectionCount == 0 }
    fixture.pool.stop()
    try eventually("no open sockets") { try openSockets(at: [fixture.door]).isEmpty }
  }

  @Test func anIdleRelayEnds() throws {
    let server = try Socket()
    var configuration = Configuration.relay(to: [server.endpoint])
    configuration.settings.timeouts.idle = .milliseconds(100)
    let fixture = try Fixture(configuration)
    let client = try fixture.client()
    let accepted = try server.accept()
    #expect(try client.allText() == "")
    #expect(try accepted.allText() == "")
    #expect(try fixture.ledger.reports(1)[0].ending == "idle")
  }

  @Test func manyAtOnce() throws {
    let server = try Socket()
    let fixture = try Fixture(.relay(to: [server.endpoint]))
    let pairs = try (0..<64).map { _ in (try fixture.client(), try server.accept()) }
    for (index, pair) in pairs.enumerated() { try pair.0.send("client \(index)") }
    // In which order they were accepted nobody knows; each server's end hears one client, and answers it.
    var heard: Set<String> = []
    for pair in pairs {
      let words = String(decoding: try pair.1.receive(), as: UTF8.self)
      heard.insert(words)
      try pair.1.send("to " + words)
    }
    #expect(heard.count == 64)
    for (index, pair) in pairs.enumerated() {
      #expect(try pair.0.text(exactly: "to client \(index)".utf8.count) == "to client \(index)")
    }
    // Few and long-lived: they are spread.
    #expect(fixture.pool.loads.allSatisfy { (24...40).contains($0) })
  }
}
