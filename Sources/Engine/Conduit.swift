import Kernel
import SystemPackage
import Wire

/// A pipe that bytes are moved through without being copied, and how many are in it.
final class Conduit {
  private let pipe: Pipe
  private(set) var count = 0
  /// Counts those of all threads.
  private let total: Counter

  init(capacity: Int, total: Counter) throws(Errno) {
    pipe = try Pipe(capacity: capacity)
    self.total = total
    total.add(1)
  }

  deinit { total.add(-1) }

  /// How many bytes fit.
  var capacity: Int { pipe.capacity }

  /// Takes in what the socket has: the number of bytes, 0 at its end.
  func fill(from socket: borrowing Descriptor) throws(Errno) -> Int {
    let moved = try pipe.fill(from: socket, atMost: capacity)
    count += moved
    return moved
  }

  /// Gives the socket what it takes.
  /// - Returns: how many bytes that were.
  func drain(into socket: borrowing Descriptor) throws(Errno) -> Int {
    let before = count
    do throws(Errno) {
      while count > 0 { count -= try pipe.drain(into: socket, atMost: count) }
    } catch .wouldBlock {}
    return before - count
  }
}

extension Descriptor {
  /// See `Conduit.fill`.
  borrowing func fill(_ conduit: Conduit) throws(Errno) -> Int { try conduit.fill(from: self) }
  /// See `Conduit.drain`.
  borrowing func drain(_ conduit: Conduit) throws(Errno) -> Int { try conduit.drain(into: self) }
}

/// The pipes of a thread. They are borrowed for as long as bytes are in them, so that a few serve many relays.
struct Conduits {
  /// How many unused ones are kept.
  private static var spare: Int { 16 }
  private let capacity: Int
  private var unused: [Conduit] = []
  /// How many there are.
  private let total: Counter
  private let most: Int
  /// When a new one may be asked for again, after none could be had.
  private var asksAgain = Instant(nanoseconds: .min)

  /// - Parameters:
  ///   - capacity: of each, in bytes.
  ///   - total: counts those of all threads.
  ///   - most: so many there may be in all.
  init(capacity: Int, total: Counter, most: Int) {
    self.capacity = capacity
    self.total = total
    self.most = most
  }

  /// An empty pipe, or nil when the kernel grants no more of them: then bytes are copied.
  mutating func borrow(at now: Instant) -> Conduit? {
    if let conduit = unused.popLast() { return conduit }
    guard now >= asksAgain else { return nil }
    if total.value < most, let conduit = try? Conduit(capacity: capacity, total: total) { return conduit }
    asksAgain = now + .seconds(1)
    return nil
  }

  /// Takes one back. One that still holds bytes, of a connection that broke, is closed.
  mutating func giveBack(_ conduit: Conduit) {
    if conduit.count == 0, unused.count < Self.spare { unused.append(conduit) }
  }
}
