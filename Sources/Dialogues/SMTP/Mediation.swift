import Wire

// usher between a client and a server that cannot do all that the client was promised, or that takes commands only one at a time
// (RFC 2920 not offered) from a client that has sent several. It is the exception: other clients are relayed to their server.
//
//   command ──line──▶ reply ──354──▶ data ──CRLF.CRLF──▶ reply (command, where the server has answered before the end)
//      ▲  │             │  └──334──▶ response ──LF─────▶ reply
//      │  └──BDAT n─────┼─────────▶ chunk ──n bytes────▶ reply (the same)
//      └──────reply─────┘           (discard, where the server has no CHUNKING; then the reply is usher's own)
//
// A server that goes, or says 421, ends it: with the reply that the client waits for, and behind the content that it sends.

/// One command at a time, and none that the server did not offer.
public struct Mediation: Sendable {
  /// What is done next.
  public enum Step: Sendable, Hashable {
    /// To the server.
    case send([UInt8])
    /// To the client.
    case answer(Reply)
    /// To the client, which is then left.
    case farewell(Reply)
  }

  private enum State: Sendable {
    case command
    case reply(to: Question)
    /// The content of a message: how much of its end has been seen, and whether the server has answered it already.
    case data(ContentEnd, isAnswered: Bool)
    /// What the client answers to a challenge, up to its line end.
    case response
    case chunk(left: Int, isAnswered: Bool)
    case discard(left: Int, Reply)

    /// All of a content or chunk was passed on.
    static func behindContent(_ isAnswered: Bool) -> State { isAnswered ? .command : .reply(to: .other) }
  }

  private enum Question: Sendable { case hello, data, quit, other }

  private var state = State.command
  private var reader: ReplyReader
  /// What the client was promised, and what the server offers.
  private var promised: Capabilities
  private var offered: Capabilities
  private let isMeantToLast: Bool
  /// What the client hears last. Set while it sends content, it waits for the end of that: who sends does not listen.
  private var lastWords: Reply?

  /// - Parameters:
  ///   - promised: to the client.
  ///   - offered: by the server.
  ///   - isMeantToLast: whether the client will be promised the same when it comes again, so that it gets a permanent answer.
  ///   - longestLine: of a reply, in bytes without its end.
  ///   - mostLines: of a reply.
  public init(promised: Capabilities, offered: Capabilities, isMeantToLast: Bool, longestLine: Int, mostLines: Int) {
    self.promised = promised
    self.isMeantToLast = isMeantToLast
    self.offered = offered
    reader = ReplyReader(longestLine: longestLine, mostLines: mostLines)
  }

  /// Whether bytes could go both ways from here on: nothing is under way, and the promise is kept without help.
  public var isDispensable: Bool {
    isBetweenCommands && promised.isKept(by: offered) && reader.isEmpty
  }

  /// Whether nothing of the client's is under way.
  public var isBetweenCommands: Bool {
    if case .command = state { true } else { false }
  }

  /// Whether the server is to say something.
  public var waitsForServer: Bool {
    if case .reply = state { true } else { false }
  }

  /// The command that made the mediation necessary; nil when what belongs to it is still to come.
  public mutating func begin(with command: Command) -> Step? { hear(command) }

  /// The server is gone: nothing more is sent to it, and the client hears so when it listens.
  /// - Parameter words: the reply to what it waits for.
  public mutating func serverIsGone(_ words: Reply) {
    if case .reply(to: .quit) = state { lastWords = .bye }
    lastWords = lastWords ?? words
  }

  /// What follows from what the client has sent; nil when that is not enough, or the server's turn.
  /// - Parameter inbox: what waits of it.
  public mutating func next(_ inbox: inout LineBuffer) -> Step? {
    while true {
      if let lastWords, !isWithinContent { return .farewell(lastWords) }
      switch state {
      case .reply: return nil
      case .command:
        switch inbox.next() {
        case .partial: return nil
        case .tooLong: return .farewell(.lineTooLong)
        case .line(let line): if let step = hear(Command(line)) { return step }
        }
      case .data, .chunk:
        guard let bytes = takeContent(&inbox) else { return nil }
        if lastWords == nil { return .send(bytes) }
      case .discard(0, let reply):
        state = .command
        return .answer(reply)
      case .discard(let left, let reply):
        guard let bytes = inbox.take(left) else { return nil }
        state = .discard(left: left - bytes.count, reply)
      case .response:
        var end = LineEnd()
        guard let bytes = inbox.take(through: &end) else { return nil }
        if end.isReached { state = .reply(to: .other) }
        return .send(bytes)
      }
    }
  }

  /// Whether the client sends what it must send to its end before it listens.
  private var isWithinContent: Bool {
    switch state {
    case .data, .chunk, .discard: true
    case .command, .reply, .response: false
    }
  }

  /// Takes what waits of a content or chunk; nil when nothing does.
  private mutating func takeContent(_ inbox: inout LineBuffer) -> [UInt8]? {
    var taken: [UInt8]?
    if case .data(var end, let isAnswered) = state {
      taken = inbox.take(through: &end)
      state = end.isReached ? .behindContent(isAnswered) : .data(end, isAnswered: isAnswered)
    } else if case .chunk(let left, let isAnswered) = state {
      taken = inbox.take(left)
      let rest = left - (taken?.count ?? 0)
      state = rest == 0 ? .behindContent(isAnswered) : .chunk(left: rest, isAnswered: isAnswered)
    }
    return taken
  }

  private mutating func hear(_ command: Command) -> Step? {
    if command.isAmbiguous || command.verb.isEmpty {
      // Nobody knows whether a chunk is behind it.
      return command.verb == "BDAT" ? .farewell(.badChunk) : .answer(.syntaxError)
    }
    if let keyword = offered.missing(for: command) { return refuse(command, keyword) }
    switch command.verb {
    case "STARTTLS": return .answer(.tlsNotOffered)
    case "EHLO", "LHLO", "HELO": state = .reply(to: .hello)
    case "DATA": state = .reply(to: .data)
    case "QUIT": state = .reply(to: .quit)
    case "BDAT":
      guard let size = command.chunkSize else { return .farewell(.badChunk) }
      state = size == 0 ? .reply(to: .other) : .chunk(left: size, isAnswered: false)
    default: state = .reply(to: .other)
    }
    return .send(command.bytes)
  }

  private mutating func refuse(_ command: Command, _ keyword: String) -> Step? {
    let isBroken = promised.missing(for: command) == nil
    let reply = Reply(missing: keyword, for: command, mayComeBack: isBroken && !isMeantToLast)
    guard command.verb == "BDAT" else { return .answer(reply) }
    // RFC 3030 §2: the chunk follows whatever the reply will be.
    guard let size = command.chunkSize else { return .farewell(.badChunk) }
    state = .discard(left: size, reply)
    return nil
  }

  /// Adds what the server sent.
  public mutating func received(_ bytes: Span<UInt8>) { reader.append(bytes) }

  /// What follows from what the server has said; nil when that is not enough.
  public mutating func next() -> Step? {
    guard lastWords == nil else { return nil }
    switch reader.next() {
    case .partial: return nil
    case .malformed: return leave(.notAReply)
    case .reply(let reply): return reply.code == 421 ? leave(reply) : heard(reply)
    }
  }

  /// Nothing good comes from the server any more.
  private mutating func leave(_ words: Reply) -> Step? {
    lastWords = words
    return isWithinContent ? nil : .farewell(words)
  }

  private mutating func heard(_ reply: Reply) -> Step? {
    switch state {
    case .reply(let question): return heard(reply, to: question)
    // It refuses content that is still coming, and says no more at its end.
    case .data(let end, isAnswered: false): state = .data(end, isAnswered: true)
    case .chunk(let left, isAnswered: false): state = .chunk(left: left, isAnswered: true)
    // Twice: it takes the content for commands.
    case .data, .chunk: return leave(.outOfStep)
    // It does not wait for the response; what comes next, it takes for a command.
    case .response: state = .command
    // It speaks unasked, as servers do that give up waiting.
    case .command, .discard: break
    }
    return .answer(reply)
  }

  private mutating func heard(_ reply: Reply, to question: Question) -> Step {
    state = .command
    switch (question, reply.code) {
    case (.quit, _): return .farewell(reply)
    // RFC 5321 §4.2.1: clients look at the first digit.
    case (.data, 300...399): state = .data(ContentEnd(), isAnswered: false)
    case (.other, 300...399): state = .response
    case (.hello, 200...299): return renew(reply)
    case (.hello, _), (.data, _), (.other, _): break
    }
    return .answer(reply)
  }

  /// The client has introduced itself anew: from now on it is promised what the server offers.
  private mutating func renew(_ reply: Reply) -> Step {
    offered = Capabilities(reply).without(Capabilities.isOfOneHop)
    promised = offered
    return .answer(reply.lines.count > 1 ? Reply(helloFrom: reply.firstLine, offered) : reply)
  }
}

extension Command {
  /// RFC 3030 §2: `BDAT 1000` or `BDAT 1000 LAST`, and no tab, which not every server takes for a space; nil when it is neither.
  var chunkSize: Int? {
    let words = Array(line.split(separator: UInt8(ascii: " ")).dropFirst())
    guard let first = words.first, (1...18).contains(first.count), first.allSatisfy({ (48...57).contains($0) }),
      words.count == 1 || words.count == 2 && words[1].map(upperCased) == Array("LAST".utf8)
    else { return nil }
    return first.reduce(0) { $0 * 10 + Int($1 - 48) }
  }
}

/// Finds where something ends in bytes that arrive in pieces.
protocol EndFinder {
  /// Looks at the next byte; true when it is the last.
  mutating func isLast(_ byte: UInt8) -> Bool
}

/// The end of a message: CRLF.CRLF, of which the first CRLF may be that of the DATA command (RFC 5321 §4.1.1.4).
struct ContentEnd: EndFinder, Sendable {
  private static let end: [UInt8] = [13, 10, 46, 13, 10]
  private var matched = 2
  private(set) var isReached = false

  mutating func isLast(_ byte: UInt8) -> Bool {
    matched = byte == ContentEnd.end[matched] ? matched + 1 : byte == 13 ? 1 : 0
    isReached = matched == ContentEnd.end.count
    return isReached
  }
}

/// The end of a line.
struct LineEnd: EndFinder {
  private(set) var isReached = false

  mutating func isLast(_ byte: UInt8) -> Bool {
    isReached = byte == 10
    return isReached
  }
}

extension LineBuffer {
  /// Takes what waits, up to and including the end; nil when nothing waits.
  fileprivate mutating func take(through end: inout some EndFinder) -> [UInt8]? {
    var count = 0
    for index in waiting.indices {
      count += 1
      if end.isLast(waiting[index]) { break }
    }
    return take(count)
  }
}

extension Reply {
  static let badChunk = Reply(501, "5.5.4 Syntax: BDAT count [LAST]")
  static let notAReply = Reply(421, "4.3.0 Error: the server answered with what is no reply")
  static let outOfStep = Reply(421, "4.3.0 Error: the server answered what it was not asked")
}
