import Glibc
import TLS
import Testing

/// Laws over whatever arrives, in whatever pieces.
@Suite struct StreamTests {
  let context: ServerContext

  init() throws { context = try ServerContext(.valid("mail.example")) }

  @Test(arguments: [1, 2, 5, 6, 100, 65_536], [0, 1, 4, 5, 9, 200, 65_536])
  func anySegmentationGivesTheSame(segment: Int, front: Int) throws {
    var pair = try Pair(context, front: front)
    let steps = pair.shakeHands(segment: segment)
    #expect(steps == (.done(0), .done(0)))
    #expect(pair.client.server?.certificate?.names == ["mail.example"])
    var received: [UInt8] = []
    for byte in pair.clientSays(Array("MAIL FROM:<>\r\n".utf8)) {
      sendAll(pair.serverEnds.outer, [byte])
      received += pair.serverReads().bytes
    }
    #expect(received == Array("MAIL FROM:<>\r\n".utf8))
  }

  @Test(arguments: [1, 7, 1000, 16_384, 65_536])
  func readsIntoAnyBuffer(size: Int) throws {
    var pair = try Pair(context)
    _ = pair.shakeHands(segment: 65_536)
    let message = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    sendAll(pair.serverEnds.outer, pair.clientSays(message)[...])
    let (bytes, last) = pair.serverReads(buffer: size)
    #expect(bytes == message)
    #expect(last == .wantsRead)
  }

  @Test func closeNotifyEndsOneDirection() throws {
    var pair = try Pair(context)
    _ = pair.shakeHands(segment: 65_536)
    // Both in one segment: the buffer is not filled, yet the end is not announced by the socket any more.
    let request = pair.clientSays(Array("QUIT\r\n".utf8))
    let step = pair.client.endWriting()
    #expect(step == .done(0))
    sendAll(pair.serverEnds.outer, (request + readAll(pair.clientEnds.outer))[...])
    var buffer = [UInt8](repeating: 0, count: 100)
    #expect(buffer.withUnsafeMutableBytes { pair.server.read(into: $0) } == .done(6))
    let hasMore = pair.server.hasMoreToRead
    #expect(hasMore)
    #expect(buffer.withUnsafeMutableBytes { pair.server.read(into: $0) } == .ended)

    #expect([50, 50, 49].withUnsafeBytes { pair.server.write($0, isLast: false) } == .done(24))
    let farewell = pair.server.endWriting()
    #expect(farewell == .done(0))
    sendAll(pair.clientEnds.outer, readAll(pair.serverEnds.outer)[...])
    let answer = pair.clientReads()
    #expect(answer.bytes == [50, 50, 49].withUnsafeBytes { Array($0) })
    #expect(answer.last == .ended)
  }

  @Test func finWithoutCloseNotifyIsTruncation() throws {
    var pair = try Pair(context)
    _ = pair.shakeHands(segment: 65_536)
    let record = pair.clientSays(Array("DATA\r\n".utf8))
    sendAll(pair.serverEnds.outer, record[...])
    sendAll(pair.serverEnds.outer, record.prefix(10))
    shutdown(pair.serverEnds.outer, Int32(SHUT_WR))
    let (bytes, last) = pair.serverReads()
    #expect(bytes == Array("DATA\r\n".utf8))
    #expect(last == .truncated)
    #expect(Array("221\r\n".utf8).withUnsafeBytes { pair.server.write($0, isLast: false) } == .done(5))
  }

  @Test func finInTheHandshakeIsTruncation() throws {
    let pair = try Pair(context, front: 40)
    var server = ServerSession(context, descriptor: pair.serverEnds.inner, alreadyRead: [0x16, 3, 1])
    _ = readAll(pair.serverEnds.inner)
    shutdown(pair.serverEnds.outer, Int32(SHUT_WR))
    #expect(server.handshake(mayRead: true) == .truncated)
  }

  @Test func whatTheSocketDoesNotTakeIsKept() throws {
    var pair = try Pair(context)
    _ = pair.shakeHands(segment: 65_536)
    let message = (0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var offered = 0
    var step = Step.done(0)
    while offered < 100, step == .done(0) || step == .done(message.count) {
      step = message.withUnsafeBytes { pair.server.write($0, isLast: false) }
      if step == .done(message.count) { offered += 1 }
    }
    #expect(step == .wantsWrite)
    let isWaiting = pair.server.hasUnsent
    #expect(isWaiting)
    var received: [UInt8] = []
    while received.count < offered * message.count {
      sendAll(pair.clientEnds.outer, readAll(pair.serverEnds.outer)[...])
      received += pair.clientReads().bytes
      _ = pair.server.flush()
    }
    let isLeft = pair.server.hasUnsent
    #expect(!isLeft)
    #expect(received == Array((0..<offered).map { _ in message }.joined()))
  }

  @Test(arguments: 0..<200)
  func garbageInTheHandshakeNeverTraps(seed: UInt64) throws {
    var random = Seeded(state: seed)
    let pair = try Pair(context)
    var hello = readAll(pair.serverEnds.inner)
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      hello[Int.random(in: hello.indices, using: &random)] = .random(in: 0...255, using: &random)
    }
    var server = ServerSession(context, descriptor: pair.serverEnds.inner, alreadyRead: hello)
    _ = server.handshake(mayRead: true)
    sendAll(pair.serverEnds.outer, (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }[...])
    let step = server.handshake(mayRead: true)
    #expect(step != .done(0))
  }

  @Test(arguments: 0..<100)
  func aDamagedRecordFails(seed: UInt64) throws {
    var random = Seeded(state: seed)
    var pair = try Pair(context)
    _ = pair.shakeHands(segment: 65_536)
    var record = pair.clientSays(Array(repeating: 65, count: 100))
    let index = Int.random(in: 5..<record.count, using: &random)
    record[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
    sendAll(pair.serverEnds.outer, record[...])
    let (bytes, last) = pair.serverReads()
    #expect(bytes.isEmpty)
    #expect(last == .failed(TLSError(reason: "a record of the peer's was damaged")))
    #expect(pair.serverReads().last == last)
  }

  @Test func plaintextIsNamed() throws {
    let rows = [
      ("EHLO client.example\r\n", "what the peer says is not TLS"),
      ("GET / HTTP/1.1\r\n\r\n", "the peer speaks HTTP without TLS"),
    ]
    for (bytes, reason) in rows {
      let pair = try Pair(context)
      var server = ServerSession(context, descriptor: pair.serverEnds.inner, alreadyRead: Array(bytes.utf8))
      #expect(server.handshake(mayRead: true) == .failed(TLSError(reason: reason)))
    }
  }
}

/// The same numbers in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
