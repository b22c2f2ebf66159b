import Glibc
import TLS

/// A client and a server in one thread, and a wire between them that the test cuts where it likes.
struct Pair: ~Copyable {
  var client: ClientSession
  var server: ServerSession
  let clientEnds: (inner: Int32, outer: Int32)
  let serverEnds: (inner: Int32, outer: Int32)

  /// One for all: it reads what this machine trusts.
  private static let clientContext = Result { try ClientContext() }

  /// - Parameter front: the client's first bytes, when the server has read some before TLS: how many.
  init(_ context: ServerContext, front: Int = 0) throws {
    clientEnds = makeEnds()
    serverEnds = makeEnds()
    client = ClientSession(try Pair.clientContext.get(), descriptor: clientEnds.inner, serverName: "mail.example")
    _ = client.handshake()
    let hello = readAll(clientEnds.outer)
    server = ServerSession(context, descriptor: serverEnds.inner, alreadyRead: Array(hello.prefix(front)))
    sendAll(serverEnds.outer, hello.dropFirst(front))
  }

  deinit { for end in [clientEnds.inner, clientEnds.outer, serverEnds.inner, serverEnds.outer] { close(end) } }

  /// Goes on till both have what they want, in segments of that many bytes towards the server.
  mutating func shakeHands(segment: Int) -> (client: Step, server: Step) {
    var steps = (client: Step.wantsRead, server: server.handshake(mayRead: true))
    for _ in 0..<20 where steps.client == .wantsRead || steps.server == .wantsRead {
      sendAll(clientEnds.outer, readAll(serverEnds.outer)[...])
      if steps.client == .wantsRead { steps.client = client.handshake() }
      var bytes = readAll(clientEnds.outer)[...]
      while !bytes.isEmpty {
        sendAll(serverEnds.outer, bytes.prefix(segment))
        bytes = bytes.dropFirst(segment)
        if steps.server == .wantsRead { steps.server = server.handshake(mayRead: true) }
      }
    }
    return steps
  }

  /// What the client says, as it is on the wire.
  mutating func clientSays(_ bytes: [UInt8]) -> [UInt8] {
    _ = bytes.withUnsafeBytes { client.write($0) }
    return readAll(clientEnds.outer)
  }

  /// What the server reads till it wants more, or ends; the buffer of each read has that size.
  mutating func serverReads(buffer size: Int = 65_536) -> (bytes: [UInt8], last: Step) {
    var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: size))
    while true {
      let step = buffer.withUnsafeMutableBytes { server.read(into: $0) }
      guard case .done(let count) = step else { return (all, step) }
      all += buffer[..<count]
    }
  }

  /// As `serverReads`, by the other end.
  mutating func clientReads() -> (bytes: [UInt8], last: Step) {
    var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    while true {
      let step = buffer.withUnsafeMutableBytes { client.read(into: $0) }
      guard case .done(let count) = step else { return (all, step) }
      all += buffer[..<count]
    }
  }
}

private func makeEnds() -> (inner: Int32, outer: Int32) {
  var ends: [Int32] = [0, 0]
  socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends)
  return (ends[0], ends[1])
}

/// All that is there.
func readAll(_ descriptor: Int32) -> [UInt8] {
  var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
  while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { all += buffer[..<count] }
  return all
}

func sendAll(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) {
  guard !bytes.isEmpty else { return }
  let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  precondition(count == bytes.count, "a test sends no more than a socket takes")
}
