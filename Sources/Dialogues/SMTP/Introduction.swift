import Wire

// usher as a mail client: it stands before a server and says who comes. Everything is said alone and answered whole
// before the next is said: EHLO before the greeting, or together with the next command, is refused by postscreen, by
// Exim without PIPECONNECT, by OpenSMTPD and by sendmail.

/// Why a server is not to be had.
public enum Refusal: Error, Sendable, Hashable {
  /// It refused with that reply, to that.
  case reply(Reply, to: Question)
  /// It said something that is no reply.
  case malformed(Question)
  /// It said more than it was asked, behind its reply to that.
  case chatter(Question)
  /// `client-address: xclient`, but it does not offer XCLIENT to usher.
  case noXCLIENT
  /// It offers no STARTTLS.
  case noSTARTTLS

  /// What it was asked.
  public enum Question: String, Sendable, Hashable {
    case greeting, xclient = "XCLIENT", hello = "EHLO", startTLS = "STARTTLS"
  }
}

/// What came of the last thing that was said.
public enum Progress: Sendable, Hashable {
  /// Say this, and wait.
  case say([UInt8])
  /// It has greeted, and knows who the client is: EHLO may follow.
  case greeted(Reply)
  /// It has answered the client's EHLO or HELO.
  case answered(Reply)
  /// It has said 220 to STARTTLS, and nothing behind it.
  case readyForTLS
  /// It spoke unasked, as servers do that give up waiting: it is no more use.
  case spokeUnasked
  case refused(Refusal)
}

/// What is said for whom: the same at every step, so it is handed in and not held for each of ten thousand clients.
public struct Guest: Sendable, Hashable {
  /// The name that usher gives when it speaks for itself.
  public let ownName: String
  /// Who the client is, for a server that learns it so; else nil.
  public let xclient: XCLIENT?

  public init(ownName: String, xclient: XCLIENT?) {
    self.ownName = ownName
    self.xclient = xclient
  }
}

/// The conversation with one server until the client is handed over.
public struct Introduction: Sendable {
  /// What is waited for.
  public enum State: Sendable, Hashable {
    case greeting
    /// The reply to usher's own EHLO, to see whether XCLIENT is granted.
    case xclientOffer
    /// The new greeting that is the answer to XCLIENT.
    case xclientGreeting
    /// Nothing: the client is.
    case ready
    case hello
    case startTLS
    case over
  }

  /// Where it stands.
  public private(set) var state = State.greeting
  private var reader: ReplyReader

  /// - Parameters:
  ///   - longestLine: of a reply, in bytes without its end.
  ///   - mostLines: of a reply.
  public init(longestLine: Int, mostLines: Int) {
    reader = ReplyReader(longestLine: longestLine, mostLines: mostLines)
  }

  /// Adds what the server sent; `next` says what it means.
  public mutating func received(_ bytes: Span<UInt8>) { reader.append(bytes) }

  /// What the server sent beyond the replies that were taken.
  public mutating func takeRest() -> [UInt8] { reader.takeAll() }

  /// The proof that it sent nothing beyond them.
  public func drained() -> Drained? { reader.drained() }

  /// The client's hello; only while `ready`. Nil when the server has said more than it was asked: that would be taken for its
  /// reply.
  public mutating func say(_ hello: Hello) -> [UInt8]? {
    precondition(state == .ready, "said EHLO to a server that was not ready for it")
    guard reader.isEmpty else { return nil }
    state = .hello
    return hello.command.bytes
  }

  /// STARTTLS; only while `ready`. Nil as for `say`.
  public mutating func sayStartTLS() -> [UInt8]? {
    precondition(state == .ready, "said STARTTLS to a server that was not ready for it")
    guard reader.isEmpty else { return nil }
    state = .startTLS
    return Array("STARTTLS\r\n".utf8)
  }

  /// What the bytes that have arrived mean, one thing after the other; nil when they are used up.
  public mutating func next(for guest: Guest) -> Progress? {
    if state == .over { return nil }
    if state == .ready { return reader.isEmpty ? nil : end(.spokeUnasked) }
    switch reader.next() {
    case .partial: return nil
    case .malformed: return end(.refused(.malformed(question)))
    case .reply(let reply): return heard(reply, for: guest)
    }
  }

  private mutating func heard(_ reply: Reply, for guest: Guest) -> Progress {
    switch (state, reply.code, reader.isEmpty) {
    // What is behind a hello's reply is the client's, whatever it is.
    case (.hello, _, _): return then(.ready, .answered(reply))
    // Behind these it would be taken for the reply to what is said next, or for TLS.
    case (.greeting, 220, false), (.xclientOffer, 250, false), (.xclientGreeting, 220, false), (.startTLS, 220, false):
      return end(.refused(.chatter(question)))
    case (.greeting, 220, _) where guest.xclient != nil:
      return then(.xclientOffer, .say(Array("EHLO \(guest.ownName)\r\n".utf8)))
    case (.greeting, 220, _), (.xclientGreeting, 220, _): return then(.ready, .greeted(reply))
    case (.xclientOffer, 250, _):
      guard let line = guest.xclient?.line(offered: Capabilities(reply)) else { return end(.refused(.noXCLIENT)) }
      return then(.xclientGreeting, .say(line))
    case (.startTLS, 220, _): return then(.over, .readyForTLS)
    case (.greeting, _, _), (.xclientOffer, _, _), (.xclientGreeting, _, _), (.startTLS, _, _), (.ready, _, _),
      (.over, _, _):
      return end(.refused(.reply(reply, to: question)))
    }
  }

  private mutating func then(_ next: State, _ progress: Progress) -> Progress {
    state = next
    return progress
  }

  private mutating func end(_ progress: Progress) -> Progress { then(.over, progress) }

  private var question: Refusal.Question {
    switch state {
    case .greeting, .ready, .over: .greeting
    case .xclientOffer, .xclientGreeting: .xclient
    case .hello: .hello
    case .startTLS: .startTLS
    }
  }
}
