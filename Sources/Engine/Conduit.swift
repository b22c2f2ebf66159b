import Kernel
import SystemPackage
import Wire

/// A pipe that bytes are moved through without being copied, and how many are in it.
final class Conduit {
  private let pipe: Pipe
  private(set) var count = 0
  private let budget: DescriptorBudget
  /// Counts it for as long as it lives.
  private let census: Counter

  init(capacity: Int, budget: DescriptorBudget, census: Counter) throws(Errno) {
    guard budget.reserve(DescriptorBudget.pipe) else { throw .tooManyOpenFiles }
    self.budget = budget
    self.census = census
    census.add(1)
    do throws(Errno) {
      pipe = try Pipe(capacity: capacity)
    } catch {
      budget.release(DescriptorBudget.pipe)
      census.add(-1)
      throw error
    }
  }

  deinit {
    budget.release(DescriptorBudget.pipe)
    census.add(-1)
  }

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
  /// How long none is asked for after none could be had.
  private static var pause: Duration { .seconds(1) }
  private let capacity: Int
  private let house: House
  private var unused: [Conduit] = []
  /// How many there are, borrowed ones among them.
  private let census = Counter()
  /// How many were borrowed when no more could be had; nil while more can.
  private var borrowedAtMost: Int?
  /// When a new one may be asked for again, after none could be had.
  private var asksAgain = Instant(nanoseconds: .min)

  /// - Parameters:
  ///   - capacity: of each, in bytes.
  ///   - house: its budget is what their descriptors are taken from; it is told when they run out.
  init(capacity: Int, house: House) {
    self.capacity = capacity
    self.house = house
  }

  /// An empty pipe, or nil when the kernel grants no more of them: then bytes are copied.
  mutating func borrow(at now: Instant) -> Conduit? { unused.popLast() ?? make(at: now) }

  private mutating func make(at now: Instant) -> Conduit? {
    guard now >= asksAgain else { return nil }
    do throws(Errno) {
      return try Conduit(capacity: capacity, budget: house.descriptors, census: census)
    } catch {
      asksAgain = now + Self.pause
      if borrowedAtMost == nil { house.hasNoPipes(error) }
      borrowedAtMost = borrowedAtMost ?? census.value
      return nil
    }
  }

  /// Takes one back. One that still holds bytes, of a connection that broke, is closed.
  mutating func giveBack(_ conduit: Conduit) {
    if conduit.count == 0, unused.count < Self.spare { unused.append(conduit) }
  }

  /// Closes those that nobody uses: their descriptors are needed.
  mutating func closeUnused() { unused.removeAll() }

  /// When it is seen again whether the time without pipes is over; nil while there are pipes.
  var looksAgain: Instant? { borrowedAtMost == nil ? nil : asksAgain }

  /// Sees whether the time without pipes is over: not at the first that comes back, which goes out again at once, but when
  /// half have.
  @inline(__always)
  mutating func lookForRecovery(at now: Instant) {
    if let most = borrowedAtMost, now >= asksAgain { recover(from: most, at: now) }
  }

  private mutating func recover(from most: Int, at now: Instant) {
    guard census.value - unused.count <= most / 2 else { return asksAgain = now + Self.pause }
    if unused.isEmpty {
      // There was none to come back: it is another process of the same user that had them all.
      guard let conduit = make(at: now) else { return }
      unused.append(conduit)
    }
    borrowedAtMost = nil
    house.hasPipesAgain()
  }
}
