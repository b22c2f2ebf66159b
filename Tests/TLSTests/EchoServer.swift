import Foundation
import Glibc
import TLS

/// A TLS server on a free port that says back what it hears, and remembers how each connection went.
final class EchoServer: Sendable {
  struct Outcome: Sendable, Equatable {
    /// What came of the handshake.
    var handshake: Step
    /// What ended the reading.
    var end: Step?
    var received: [UInt8] = []
    /// Whether the kernel sealed what was said.
    var isSealedByKernel = false
  }

  let port: UInt16
  private let listener: Int32
  private let outcomes = Outcomes()

  /// - Parameters:
  ///   - context: whose certificates are shown.
  ///   - peeked: how many bytes are read before TLS gets them, at most.
  ///   - once: whether it ends its side behind the first answer.
  init(_ context: ServerContext, peeked: Int = 0, once: Bool = false) throws {
    (listener, port) = try makeListener()
    let (listener, outcomes) = (listener, outcomes)
    Thread.detachNewThread {
      while case let client = accept(listener, nil, nil), client >= 0 {
        Thread.detachNewThread { outcomes.add(EchoServer.serve(client, context, peeked: peeked, once: once)) }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// How the next connection went that has ended.
  func outcome() -> Outcome { outcomes.take() }

  private static func serve(_ client: Int32, _ context: ServerContext, peeked: Int, once: Bool) -> Outcome {
    var front = [UInt8](repeating: 0, count: peeked)
    if peeked > 0 { front.removeLast(peeked - max(0, recv(client, &front, peeked, 0))) }
    unblock(client)
    var session = ServerSession(context, descriptor: client, alreadyRead: front)
    defer { close(client) }
    var outcome = Outcome(handshake: finish(client) { session.handshake(mayRead: true) })
    guard outcome.handshake == .done(0) else {
      _ = session.flush()
      return outcome
    }
    outcome.isSealedByKernel = session.isSealedByKernel
    echo(client, &session, &outcome, once: once)
    return outcome
  }

  private static func echo(_ client: Int32, _ session: inout ServerSession, _ outcome: inout Outcome, once: Bool) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let step = finish(client) { buffer.withUnsafeMutableBytes { session.read(into: $0) } }
      guard case .done(let count) = step else {
        outcome.end = step
        _ = finish(client) { session.endWriting() }
        shutdown(client, Int32(SHUT_WR))
        return
      }
      outcome.received += buffer[..<count]
      var answer = buffer[..<count]
      while !answer.isEmpty {
        let step = finish(client) { answer.withUnsafeBytes { session.write($0, isLast: false) } }
        guard case .done(let taken) = step else { break }
        answer = answer.dropFirst(taken)
      }
      _ = finish(client) { session.flush() }
      if once { _ = finish(client) { session.endWriting() } }
    }
  }
}

/// Waits for the socket as often as the step wants.
func finish(_ socket: Int32, _ step: () -> Step) -> Step {
  while true {
    let result = step()
    var wanted = pollfd(fd: socket, events: 0, revents: 0)
    switch result {
    case .wantsRead: wanted.events = Int16(POLLIN)
    case .wantsWrite: wanted.events = Int16(POLLOUT)
    default: return result
    }
    poll(&wanted, 1, 10_000)
  }
}

/// A queue that can be waited at.
private final class Outcomes: @unchecked Sendable {
  private let condition = NSCondition()
  private var outcomes: [EchoServer.Outcome] = []

  func add(_ outcome: EchoServer.Outcome) {
    condition.withLock { outcomes.append(outcome) }
    condition.signal()
  }

  func take() -> EchoServer.Outcome {
    condition.withLock {
      while outcomes.isEmpty { condition.wait() }
      return outcomes.removeFirst()
    }
  }
}
