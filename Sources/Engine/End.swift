import Kernel
import Sessions
import SystemPackage

/// One end of a connection: its socket, if there is one, and what is known of it.
struct End: ~Copyable {
  /// Nil before it is dialled, and after it was closed.
  var socket: Descriptor?
  var state: State = []
  /// Which of its server's addresses it is.
  var address: UInt8 = 0
  /// The index of the server that it is, unless it is the client.
  var server: UInt16 = 0
  /// How many slow splices to it came one after the other.
  var slowSplices: UInt8 = 0
  /// What it could not be sent yet.
  var outbox: Outbox?

  struct State: OptionSet {
    let rawValue: UInt16
    /// epoll watches it.
    static let isWatched = State(rawValue: 1 << 0)
    /// epoll watches it for writing as well.
    static let isWatchedForWriting = State(rawValue: 1 << 1)
    /// There may be something to read: nobody has seen the opposite since epoll told so.
    static let mayHaveBytes = State(rawValue: 1 << 2)
    /// epoll told that the peer has ended its side: behind what can be read, there is the end.
    static let willEnd = State(rawValue: 1 << 3)
    /// All that was before the end was read.
    static let isAtEnd = State(rawValue: 1 << 4)
    /// The end was read, and told.
    static let hasEnded = State(rawValue: 1 << 5)
    /// It is to be told that no more comes, once its outbox is empty.
    static let isToEnd = State(rawValue: 1 << 6)
    /// It was told that no more comes.
    static let wasEnded = State(rawValue: 1 << 7)
    /// The connection is not there yet.
    static let isConnecting = State(rawValue: 1 << 8)
    /// Something was sent to it.
    static let hasBeenSent = State(rawValue: 1 << 9)
    /// What is sent leaves at once.
    static let hasNoDelay = State(rawValue: 1 << 10)
    /// TLS has something encrypted that the socket did not take.
    static let isFull = State(rawValue: 1 << 11)
    /// What it is sent in a relay goes through a pipe.
    static let isSpliced = State(rawValue: 1 << 12)
    /// epoll told of an error: behind what can be read, there is that error, or the end that came before it.
    static let willBreak = State(rawValue: 1 << 13)
    /// There is an urgent byte, before which reading stops short, and splicing for good.
    static let isUrgent = State(rawValue: 1 << 14)
    /// What did not fill a segment waits in the kernel for more.
    static let isHeldBack = State(rawValue: 1 << 15)
  }

  /// Whether it must take what waits before it can be sent more.
  var isBlocked: Bool { outbox != nil || state.contains(.isFull) }

  /// What came of reading.
  enum Reading {
    case bytes(Int)
    case nothing
    /// The other side will send no more.
    case end
    case broken(String)
  }

  /// What came of writing.
  enum Writing {
    /// That many bytes were taken; fewer than were offered when the socket takes no more now.
    case taken(Int)
    case broken(String)
  }

  /// epoll has told of it.
  @inline(__always)
  mutating func happened(_ events: Epoll.Events) {
    if events.contains(.urgent) { state.insert(.isUrgent) }
    if events.contains(.failed) {
      state.formUnion([.willBreak, .mayHaveBytes])
    } else if !events.isDisjoint(with: [.peerEnded, .hungUp]) {
      state.formUnion([.willEnd, .mayHaveBytes])
    } else if events.contains(.readable) {
      state.insert(.mayHaveBytes)
    }
  }

  /// Reads what the socket has, at most the buffer.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Reading {
    if state.contains(.isAtEnd) { return end() }
    do throws(Errno) {
      guard let count = try socket?.receive(into: buffer) else { return .nothing }
      if count == 0 { return end() }
      // A short read means that there was no more; with the end behind it, the end comes next. Of an error only the socket
      // knows whether the end came before it.
      if count < buffer.count, state.isDisjoint(with: [.willBreak, .isUrgent]) {
        note(state.contains(.willEnd) ? .isAtEnd : [])
      }
      return .bytes(count)
    } catch .wouldBlock {
      note([])
      return .nothing
    } catch {
      return .broken(error.description)
    }
  }

  private mutating func note(_ news: State) {
    if news.isEmpty { state.subtract([.mayHaveBytes, .isUrgent]) } else { state.insert(news) }
  }

  /// Whether a read that found too little is to be repeated: behind what it found there is more, of which nobody tells again.
  mutating func mayHaveMore() -> Bool { state.remove(.isUrgent) != nil || state.contains(.willEnd) }

  private mutating func end() -> Reading {
    state.remove([.mayHaveBytes, .isAtEnd])
    state.insert(.hasEnded)
    return .end
  }

  /// Writes what the socket takes.
  /// - Parameter isLast: the end is written next, and leaves in the same segment.
  mutating func write(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> Writing {
    do throws(Errno) {
      // Nagle's algorithm never delays the first segment: the option is set when there is a second.
      if !state.contains(.hasNoDelay), state.contains(.hasBeenSent) { leaveAtOnce() }
      let count = try socket?.send(bytes, isFollowed: isLast) ?? 0
      state.insert(.hasBeenSent)
      return .taken(count)
    } catch .wouldBlock {
      return .taken(0)
    } catch {
      return .broken(error.description)
    }
  }

  /// Takes what the socket has into a pipe; that it has ended, only reading tells.
  mutating func fill(_ conduit: Conduit) -> Reading {
    do throws(Errno) {
      guard let count = try socket?.fill(conduit) else { return .nothing }
      if count > 0 { return .bytes(count) }
      // The end, or an urgent byte somewhere before it: splice(2) says the same to both.
      state.insert(.isUrgent)
      return .nothing
    } catch .wouldBlock {
      note([])
      return .nothing
    } catch {
      return .broken(error.description)
    }
  }

  /// Writes what is in a pipe, as much as the socket takes.
  /// - Parameter isFollowed: more comes right behind; when it does not, `release` is owed.
  mutating func drain(_ conduit: Conduit, isFollowed: Bool) -> Writing {
    do throws(Errno) {
      if !state.contains(.hasNoDelay) { leaveAtOnce() }
      let count = try socket?.drain(conduit, isFollowed: isFollowed) ?? 0
      // A socket that is full holds nothing back.
      if isFollowed, conduit.count == 0 { state.insert(.isHeldBack) } else { state.remove(.isHeldBack) }
      return .taken(count)
    } catch {
      return .broken(error.description)
    }
  }

  /// No more came behind what was said to be followed: it leaves as it is.
  mutating func release() {
    state.remove(.isHeldBack)
    leaveAtOnce()
  }

  /// TCP_NODELAY: Nagle's algorithm is off, and what is held back leaves also where it was off before.
  private mutating func leaveAtOnce() {
    try? socket?.set(.noDelay)
    state.insert(.hasNoDelay)
  }

  /// Tells the other side that no more comes.
  mutating func endWriting() {
    state.remove(.isHeldBack)
    try? socket?.shutdownWriting()
  }

  /// Closes it; nothing more is known of it.
  mutating func close() {
    socket = nil
    outbox = nil
    state = []
  }
}
