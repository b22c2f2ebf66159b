import Dialogues
import Kernel
import SystemPackage
import TLS
import Wire

/// Why a talk cannot go on.
enum TalkError: Error, Hashable, CustomStringConvertible {
  case unreachable(String)
  case timeout
  /// The other end has closed.
  case ended
  case broken(String)
  case insecure(String)
  /// It said something that is no reply of a mail server.
  case malformed

  var description: String {
    switch self {
    case .unreachable(let reason): reason
    case .timeout: "no answer in time"
    case .ended: "the other end closed the connection"
    case .broken(let reason): "the connection broke: \(reason)"
    case .insecure(let reason): "TLS failed: \(reason)"
    case .malformed: "what it says is not a reply of a mail server"
    }
  }
}

/// A connection that is talked over by one thread, which waits: for the demonstration, and for questions to servers. Clients of
/// the daemon are never served so.
final class Talk {
  private let socket: Descriptor
  private var asServer: ServerSession?
  private var asClient: ClientSession?
  private var lines = LineBuffer(longestLine: 65_536)
  private var replies = ReplyReader(longestLine: 4096, mostLines: 256)
  /// When patience ends.
  var deadline: Instant

  /// - Parameter socket: connected, not blocking.
  init(_ socket: consuming Descriptor, deadline: Instant) {
    self.socket = socket
    self.deadline = deadline
  }

  /// Connects.
  /// - Parameter source: the address to come from (`client-address: transparent`); nil is the machine's choice.
  convenience init(to endpoint: Endpoint, from source: IPAddress?, deadline: Instant) throws(TalkError) {
    do throws(Errno) {
      let socket = try Descriptor.streamSocket(for: endpoint)
      if let source {
        try socket.set(source.family == .v4 ? .transparent : .transparentV6)
        try socket.bind(to: .tcp(source, port: 0))
      }
      if try !socket.connect(to: endpoint) {
        guard try socket.wait(until: .writable, before: deadline) else { throw Errno.timedOut }
        if let failure = try socket.takeError() { throw failure }
      }
      self.init(socket, deadline: deadline)
    } catch {
      throw .unreachable("\(error)")
    }
  }

  // MARK: - Bytes

  /// Sends all of it.
  func send(_ bytes: [UInt8]) throws(TalkError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let step = rest.withUnsafeBytes { write($0) }
      if case .done(let count) = step { rest = rest.dropFirst(count) } else { try wait(for: step) }
    }
    while asServer?.hasUnsent ?? asClient?.hasUnsent ?? false {
      let step = flush()
      if step != .done(0) { try wait(for: step) }
    }
  }

  /// What has arrived, at least a byte; empty when the other end will say no more.
  func receive() throws(TalkError) -> [UInt8] {
    while true {
      var step = Step.ended
      let bytes = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
        step = read(into: UnsafeMutableRawBufferPointer(buffer))
        if case .done(let read) = step { count = read }
      }
      switch step {
      case .done(0), .ended, .truncated: return []
      case .done: return bytes
      default: try wait(for: step)
      }
    }
  }

  /// Whether something can be read before the time is over.
  func hasArrival(before deadline: Instant) -> Bool {
    !lines.isEmpty || ((try? socket.wait(until: .readable, before: deadline)) ?? true)
  }

  // MARK: - Lines and replies

  /// The next line, without its end; nil when the other end will say no more.
  func line() throws(TalkError) -> [UInt8]? {
    while true {
      switch lines.next() {
      case .line(let line): return line
      case .tooLong: throw .malformed
      case .partial:
        let bytes = try receive()
        if bytes.isEmpty { return nil }
        lines.append(bytes.span)
      }
    }
  }

  /// The next reply of a mail server.
  func reply() throws(TalkError) -> Reply {
    while true {
      switch replies.next() {
      case .reply(let reply): return reply
      case .malformed: throw .malformed
      case .partial:
        let bytes = try receive()
        if bytes.isEmpty { throw .ended }
        replies.append(bytes.span)
      }
    }
  }

  /// Says a line, and hears the reply.
  func ask(_ line: String) throws(TalkError) -> Reply {
    try send(Array("\(line)\r\n".utf8))
    return try reply()
  }

  // MARK: - TLS

  /// Speaks TLS from now on, as the server; what was read and not taken is its beginning.
  func secure(_ context: ServerContext) throws(TalkError) {
    asServer = ServerSession(context, descriptor: socket.number, alreadyRead: lines.takeAll())
    try shakeHands()
  }

  /// Speaks TLS from now on, as the client.
  /// - Parameter name: whom to ask for.
  func secure(_ context: ClientContext, asking name: String?) throws(TalkError) -> ClientSession.Server? {
    asClient = ClientSession(context, descriptor: socket.number, serverName: name)
    try shakeHands()
    return asClient?.server
  }

  private func shakeHands() throws(TalkError) {
    while true {
      let step = asServer != nil ? asServer!.handshake(mayRead: true) : asClient!.handshake()
      if case .done = step { break }
      try wait(for: step)
    }
    while asServer?.hasUnsent ?? asClient?.hasUnsent ?? false {
      let step = flush()
      if step != .done(0) { try wait(for: step) }
    }
  }

  // MARK: - What plain and TLS have in common

  private func read(into buffer: UnsafeMutableRawBufferPointer) -> Step {
    if asServer != nil { return asServer!.read(into: buffer) }
    if asClient != nil { return asClient!.read(into: buffer) }
    do throws(Errno) {
      let count = try socket.receive(into: buffer)
      return count == 0 ? .ended : .done(count)
    } catch .wouldBlock {
      return .wantsRead
    } catch {
      return .broken(errno: error.rawValue)
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Step {
    if asServer != nil { return asServer!.write(bytes, isLast: false) }
    if asClient != nil { return asClient!.write(bytes) }
    do throws(Errno) {
      return .done(try socket.send(bytes))
    } catch .wouldBlock {
      return .wantsWrite
    } catch {
      return .broken(errno: error.rawValue)
    }
  }

  private func flush() -> Step { asServer != nil ? asServer!.flush() : asClient?.flush() ?? .done(0) }

  private func wait(for step: Step) throws(TalkError) {
    switch step {
    case .wantsRead, .wantsWrite:
      let isReady = try? socket.wait(until: step == .wantsRead ? .readable : .writable, before: deadline)
      if isReady != true { throw .timeout }
    case .ended, .truncated: throw .ended
    case .broken(let errno): throw .broken("\(Errno(rawValue: errno))")
    case .failed(let error): throw .insecure(error.reason)
    case .done: break
    }
  }
}
