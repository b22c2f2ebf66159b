import Kernel
import SystemPackage
import Wire

/// A pipe that bytes are moved through without being copied, and how many are in it.
final class Conduit {
  private let pipe: Pipe
  private(set) var count = 0
  private let budget: DescriptorBudget

  init(capacity: Int, budget: DescriptorBudget) throws(Errno) {
    guard budget.reserve(DescriptorBudget.pipe) else { throw .tooManyOpenFiles }
    self.budget = budget
    do throws(Errno) {
      pipe = try Pipe(capacity: capacity)
    } catch {
      budget.release(DescriptorBudget.pipe)
      throw error
    }
  }

  deinit { budget.release(DescriptorBudget.pipe) }

  /// Whether it has taken in so much that more is likely to be there.
  var isAsGoodAsFull: Bool { count >= pipe.capacity / 2 }

  /// Takes in what the socket has: the number of bytes, 0 at its end.
  func fill(from socket: borrowing Descriptor) throws(Errno) -> Int {
    let moved = try pipe.fill(from: socket, atMost: pipe.capacity)
    count += moved
    return moved
  }

  /// Gives the socket what it takes.
  /// - Parameter isFollowed: more comes right behind.
  /// - Returns: how many bytes that were.
  func drain(into socket: borrowing Descriptor, isFollowed: Bool) throws(Errno) -> Int {
    let before = count
    do throws(Errno) {
      while count > 0 { count -= try pipe.drain(into: socket, atMost: count, isFollowed: isFollowed) }
    } catch .wouldBlock {}
    return before - count
  }
}

extension Descriptor {
  /// See `Conduit.fill`.
  borrowing func fill(_ conduit: Conduit) throws(Errno) -> Int { try conduit.fill(from: self) }
  /// See `Conduit.drain`.
  borrowing func drain(_ conduit: Conduit, isFollowed: Bool) throws(Errno) -> Int {
    try conduit.drain(into: self, isFollowed: isFollowed)
  }
}

/// The pipes of a thread. They are borrowed for as long as bytes are in them, so that a few serve many relays.
struct Conduits {
  /// How many unused ones are kept.
  private static var spare: Int { 16 }
  private let capacity: Int
  private var unused: [Conduit] = []
  private let budget: DescriptorBudget
  /// When a new one may be asked for again, after none could be had.
  private var asksAgain = Instant(nanoseconds: .min)

  /// - Parameters:
  ///   - capacity: of each, in bytes.
  ///   - budget: what their descriptors are taken from.
  init(capacity: Int, budget: DescriptorBudget) {
    self.capacity = capacity
    self.budget = budget
  }

  /// An empty pipe, or nil when the kernel grants no more of them: then bytes are copied.
  mutating func borrow(at now: Instant) -> Conduit? {
    if let conduit = unused.popLast() { return conduit }
    guard now >= asksAgain else { return nil }
    if let conduit = try? Conduit(capacity: capacity, budget: budget) { return conduit }
    asksAgain = now + .seconds(1)
    return nil
  }

  /// Takes one back. One that still holds bytes, of a connection that broke, is closed.
  mutating func giveBack(_ conduit: Conduit) {
    if conduit.count == 0, unused.count < Self.spare { unused.append(conduit) }
  }
}
