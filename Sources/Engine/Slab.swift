/// Where a thread's connections live: places of the same size in blocks that never move, so that a connection costs no
/// allocation, and can be worked on in place while others come and go.
final class Slab<Element: ~Copyable> {
  private static var blockSize: Int { 64 }
  private var blocks: [UnsafeMutablePointer<Element>] = []
  private var free: [UInt32] = []
  /// How often each place was taken; odd while it is.
  private var generations: [UInt32] = []
  /// How many places are taken.
  private(set) var count = 0

  /// Which element of which place: stale once the place was taken anew.
  struct Key: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32
  }

  /// Takes a place.
  /// - Parameter make: makes the element that knows its own key.
  func insert(_ make: (Key) -> Element) -> Key {
    if free.isEmpty { grow() }
    let index = free.removeLast()
    generations[Int(index)] = Generation.after(generations[Int(index)])
    let key = Key(index: index, generation: generations[Int(index)])
    place(index).initialize(to: make(key))
    count += 1
    return key
  }

  private func grow() {
    let first = UInt32(generations.count)
    blocks.append(.allocate(capacity: Self.blockSize))
    generations.append(contentsOf: repeatElement(0, count: Self.blockSize))
    free.append(contentsOf: (first..<first + UInt32(Self.blockSize)).reversed())
  }

  /// Whether the element of that key is still there.
  func contains(_ key: Key) -> Bool {
    key.index < generations.count && generations[Int(key.index)] == key.generation && key.generation & 1 == 1
  }

  /// The element at a taken place, to be worked on where it is. Others may be inserted and removed meanwhile, itself not.
  subscript(index: UInt32) -> Element {
    unsafeAddress { UnsafePointer(place(index)) }
    unsafeMutableAddress { place(index) }
  }

  /// Ends the element's life and frees its place.
  func remove(_ index: UInt32) {
    precondition(generations[Int(index)] & 1 == 1, "the place is free")
    generations[Int(index)] = Generation.after(generations[Int(index)])
    place(index).deinitialize(count: 1)
    free.append(index)
    count -= 1
  }

  /// The keys of all that are there.
  var keys: [Key] {
    generations.indices.compactMap {
      generations[$0] & 1 == 1 ? Key(index: UInt32($0), generation: generations[$0]) : nil
    }
  }

  private func place(_ index: UInt32) -> UnsafeMutablePointer<Element> {
    blocks[Int(index) / Self.blockSize] + Int(index) % Self.blockSize
  }

  deinit {
    for key in keys { place(key.index).deinitialize(count: 1) }
    for block in blocks { block.deallocate() }
  }
}

/// Counts what comes after what, in the 30 bits that an event's key has for it. It wraps; no event is that late.
enum Generation {
  static let mask: UInt32 = 1 << 30 - 1
  static func after(_ generation: UInt32) -> UInt32 { (generation &+ 1) & mask }
}
