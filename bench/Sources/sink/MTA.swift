// An MTA that takes every message and keeps none: the part of RFC 5321 that a client's session needs.

import Traffic

final class MTA: Server {
  fileprivate struct State {
    var isInData = false
    /// The first four bytes of the line, in upper case, and how many bytes of the line have come.
    var verb: UInt32 = 0
    var column = 0
    /// Whether all of the line so far is ".": then it ends the message.
    var isDot = false
  }

  private let reactor: Reactor
  private var states = Table(fresh: State())
  private let room = FixedBytes(repeating: 0, count: 65_536)
  private let greeting = FixedBytes("220 mx.bench.example ESMTP\r\n")
  private let promises: FixedBytes
  private let ok = FixedBytes("250 2.1.0 Ok\r\n")
  private let goAhead = FixedBytes("354 End data with <CR><LF>.<CR><LF>\r\n")
  private let queued = FixedBytes("250 2.0.0 Ok: queued as 4XyZbq1234z9\r\n")
  private let bye = FixedBytes("221 2.0.0 Bye\r\n")

  init(_ reactor: Reactor, promises: [String]) {
    self.reactor = reactor
    let lines = ["mx.bench.example"] + promises
    self.promises = FixedBytes(
      lines.enumerated().map { "250\($0.offset + 1 < lines.count ? "-" : " ")\($0.element)\r\n" }.joined())
  }

  func accepted(_ socket: Int32) -> Bool {
    _ = socket.send(greeting)
    return true
  }

  func ready(_ socket: Int32, _ events: Events) {
    guard events.contains(.readable) || events.contains(.ended) else { return }
    while let count = socket.receive(room) {
      guard count > 0, read(socket, count) else { return close(socket) }
      if count < room.count, !events.contains(.ended) { return }
    }
  }

  /// Takes what came; false when the session is over.
  private func read(_ socket: Int32, _ count: Int) -> Bool {
    for index in 0..<count {
      let byte = room.base.load(fromByteOffset: index, as: UInt8.self)
      guard byte == UInt8(ascii: "\n") else {
        states[socket].add(byte)
        continue
      }
      let line = states[socket]
      states[socket].beginLine()
      if line.isInData {
        if line.isDot { finish(socket) }
      } else if !answer(socket, line.verb) {
        return false
      }
    }
    return true
  }

  private func finish(_ socket: Int32) {
    states[socket].isInData = false
    _ = socket.send(queued)
  }

  private func answer(_ socket: Int32, _ verb: UInt32) -> Bool {
    switch verb {
    case MTA.ehlo: _ = socket.send(promises)
    case MTA.data:
      states[socket].isInData = true
      _ = socket.send(goAhead)
    case MTA.quit:
      _ = socket.send(bye)
      return false
    default: _ = socket.send(ok)
    }
    return true
  }

  private func close(_ socket: Int32) {
    states[socket] = State()
    reactor.close(socket)
  }

  private static let ehlo = verb("EHLO")
  private static let data = verb("DATA")
  private static let quit = verb("QUIT")
  private static func verb(_ name: String) -> UInt32 { name.utf8.reduce(0) { $0 << 8 | UInt32($1) } }
}

extension MTA.State {
  fileprivate mutating func add(_ byte: UInt8) {
    guard byte != UInt8(ascii: "\r") else { return }
    isDot = column == 0 && byte == UInt8(ascii: ".")
    if column < 4 { verb = verb << 8 | UInt32(byte & 0xdf) }
    column += 1
  }

  fileprivate mutating func beginLine() {
    verb = 0
    column = 0
    isDot = false
  }
}
