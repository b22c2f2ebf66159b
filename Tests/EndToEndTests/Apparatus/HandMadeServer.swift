import Foundation
import Synchronization

// A server made by hand, for what no real server can be made to do: it answers each line with what the test says.

/// A mail server of a few lines. Serves each connection in a thread of its own.
final class HandMadeServer: Sendable {
  let port: Int
  var address: String { "127.0.0.1:\(port)" }
  private let listener: Int32
  private let heard = Mutex("")
  private let open = Mutex<Set<Int32>>([])

  /// What it does when it has heard a line.
  enum Answer: Sendable {
    case say(String)
    /// Says nothing, and waits.
    case hang
    /// Closes the connection.
    case leave
  }

  /// - Parameter answer: to the line; the empty line is the connection itself.
  init(port: Int = Port.free(), answer: @escaping @Sendable (_ line: String) -> Answer) throws {
    self.port = port
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
    guard withAddress("127.0.0.1", port, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else {
      throw Failure("port \(port) cannot be had")
    }
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        open.withLock { _ = $0.insert(connection) }
        Thread.detachNewThread { [self] in serve(connection, answer) }
      }
    }
  }

  /// All that all clients have said.
  var text: String { heard.withLock { $0 } }

  /// Takes no more, and leaves those that it has.
  func end() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    open.withLock { $0.forEach { shutdown($0, Int32(SHUT_RDWR)) } }
  }

  private func serve(_ connection: Int32, _ answer: (String) -> Answer) {
    defer {
      open.withLock { _ = $0.remove(connection) }
      close(connection)
    }
    guard act(answer(""), connection) else { return }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while recv(connection, &byte, 1, 0) == 1 {
      heard.withLock { $0.unicodeScalars.append(Unicode.Scalar(byte)) }
      line.append(byte)
      guard byte == 10 else { continue }
      let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
      line = []
      guard act(answer(text), connection) else { return }
    }
  }

  /// - Returns: false when that was the end.
  private func act(_ answer: Answer, _ connection: Int32) -> Bool {
    switch answer {
    case .hang: return true
    case .leave: return false
    case .say(let text):
      let bytes = Array((text + "\r\n").utf8)
      return Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }
  }
}
