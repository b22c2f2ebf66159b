import Foundation

// What clients do that mean harm, or do not care.

/// One thing that a client does.
enum Move: Sendable {
  case send([UInt8])
  /// As `send`, a byte at a time.
  case drip([UInt8])
  /// As `send`, but nothing is read and nothing is waited for: what does not fit is not sent.
  case flood([UInt8])
  /// TCP's urgent data, one byte.
  case urge(UInt8)
  /// Something comes, or the other side ends, or it takes too long.
  case listen
  /// A FIN, after which it goes on to read.
  case finish
  /// For a moment nothing, also no reading.
  case idle
}

/// How a client leaves.
enum Exit: Sendable, CaseIterable { case close, reset, finishAndReset }

/// All that a client does.
struct Mischief: Sendable {
  private(set) var moves: [Move] = []
  let exit: Exit

  /// In all that is sent but what SMTP and TLS want. No log may have it.
  static let mark = "m1sch1ef"

  /// Up to a random step of a random dialogue it behaves; then it does something else, and goes on for a while, or leaves.
  init(_ dice: inout Dice) {
    exit = Exit.allCases.randomElement(using: &dice)!
    let polite = Self.dialogues.randomElement(using: &dice)!
    let step = Int.random(in: 0...polite.count, using: &dice)
    moves = Array(polite[..<step])
    for _ in 0..<Int.random(in: 0...3, using: &dice) { moves += Self.harm(&dice) }
    if Bool.random(using: &dice) { moves += polite[step...] }
  }

  /// A whole ClientHello in two pieces, and what is said to it.
  init(hello: [UInt8], cutAt index: Int) {
    exit = index.isMultiple(of: 2) ? .close : .reset
    moves = [.send(Array(hello[..<index])), .idle, .send(Array(hello[index...])), .listen]
  }

  private static let dialogues: [[Move]] = {
    let (hello, tls) = (line("EHLO \(mark).example"), Move.send(Bytes.openSSLHello))
    let letter = [
      line("MAIL FROM:<\(mark)@sender.example>"), .listen, line("RCPT TO:<\(mark)@rcpt.test>"), .listen, line("DATA"),
      .listen, line("Subject: \(mark)\r\n\r\n\(mark)\r\n."), .listen, line("QUIT"), .listen,
    ]
    return [
      [.listen, hello, .listen] + letter,
      [.listen, line("HELO \(mark).example"), .listen] + letter,
      [.listen, hello, .listen, line("STARTTLS"), .listen, tls, .listen, .send(noise), .listen],
      [tls, .listen, .send(noise), .listen],
      // Early, and all at once.
      [hello] + letter.filter { if case .listen = $0 { false } else { true } },
    ]
  }()

  private static func harm(_ dice: inout Dice) -> [Move] {
    let some = bytes(Int.random(in: 1...3000, using: &dice), &dice)
    return [
      [.urge(some[0])], [.urge(some[0]), .send(some)], [.finish], [.idle], [.send(some)],
      [.drip(Array(some.prefix(300)))],
      // A line of 64 KiB, with its end and without.
      [.send(noise + [13, 10])], [.send(noise)],
      [.send(Array(Bytes.openSSLHello.prefix(some.count)))], [.drip(Bytes.openSSLHello)],
      [.drip(Array("EHLO \(mark)\r\nMAIL FROM:<\(mark)>\r\n".utf8))],
      [
        line("STARTTLS\r\nMAIL FROM:<\(mark)@sender.example>\r\nRCPT TO:<u@rcpt.test>\r\nDATA\r\n\(mark)\r\n."),
        .listen,
      ],
      [.send(Array("NOOP\nRSET\n\u{0}\r\rDATA\n.\n".utf8))],
      // Every one of them is answered, and no answer is read.
      [.flood(Array(String(repeating: "NOOP \(mark)\r\nVRFY \(mark)\r\n", count: 20_000).utf8)), .idle],
    ].randomElement(using: &dice)!
  }

  private static let noise = Array(String(repeating: mark, count: 8192).utf8)

  private static func line(_ text: String) -> Move { .send(Array((text + "\r\n").utf8)) }

  /// Any bytes, with the mark among them.
  private static func bytes(_ count: Int, _ dice: inout Dice) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) } + Array(mark.utf8)
  }
}

extension RawClient {
  /// Does all of it, whatever becomes of it, and leaves.
  func perform(_ mischief: Mischief) async throws {
    for move in mischief.moves {
      switch move {
      case .send(let bytes): try await push(bytes, for: .seconds(1))
      case .drip(let bytes): for byte in bytes { try await push([byte], for: .seconds(1)) }
      case .flood(let bytes): try await push(bytes, for: .zero)
      case .urge(let byte): _ = offer([byte], urgently: true)
      case .listen: try await soon(.milliseconds(500)) { read() != nil }
      case .finish: shutdown()
      case .idle: try await Task.sleep(for: .milliseconds(100))
      }
    }
    if mischief.exit == .finishAndReset { shutdown() }
    if mischief.exit == .close { close() } else { reset() }
  }

  private func push(_ bytes: [UInt8], for limit: Duration) async throws {
    var rest = bytes[...]
    try await soon(limit) {
      while !rest.isEmpty {
        guard let count = offer(rest) else { return false }
        guard count > 0 else { return true }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  private func soon(_ limit: Duration, _ condition: () -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while !condition(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
  }
}
