import Wire

/// When whom to wake: one deadline for each number. Setting, moving and clearing one costs the same however many there
/// are, and nothing is ever scanned.
///
/// Five wheels of 64 slots; a slot of a wheel is as long as the whole wheel below it, and the lowest has milliseconds. What
/// a slot holds is looked at when the slot begins, and goes to a finer one if its deadline is not there yet.
struct TimerWheel {
  private static let levels = 5
  private static let slots = 64
  private static let none = UInt32.max

  private struct Entry {
    var deadline = Instant(nanoseconds: .max)
    var next = none
    var previous = none
    /// The slot that it is in, over all levels; -1 for none.
    var slot: Int16 = -1
  }

  private var entries: [Entry] = []
  /// The first entry of each slot.
  private var heads = Array(repeating: none, count: levels * slots)
  /// Which slots of a level hold something.
  private var occupied = Array(repeating: UInt64(0), count: levels)
  /// The millisecond up to which all slots were looked at.
  private var tick: Int64

  /// - Parameter now: the time from which it turns.
  init(now: Instant) { tick = now.nanoseconds / 1_000_000 }

  /// Sets the deadline of that number, or moves it.
  mutating func set(_ number: UInt32, to deadline: Instant) {
    while entries.count <= number { entries.append(Entry()) }
    // Moving it away, as each byte of a relay does, is only noted: the slot that it is in comes first, and looks again.
    if entries[Int(number)].slot >= 0, deadline >= entries[Int(number)].deadline {
      entries[Int(number)].deadline = deadline
      return
    }
    unlink(number)
    entries[Int(number)].deadline = deadline
    link(number)
  }

  /// It is not woken any more.
  mutating func clear(_ number: UInt32) {
    if number < entries.count { unlink(number) }
  }

  /// How many milliseconds from now the wheel wants to be turned; nil when it holds nothing.
  func wait(from now: Instant) -> Int64? {
    var earliest: Int64?
    for level in 0..<Self.levels where occupied[level] != 0 {
      let shift = Int64(level * 6)
      let hand = tick >> shift
      // The slot under the hand was looked at: what is there now waits for the next round.
      let rotated = rotate(occupied[level], by: Int((hand + 1) & 63))
      let begin = (hand + 1 + Int64(rotated.trailingZeroBitCount)) << shift
      earliest = min(earliest ?? .max, begin)
    }
    // A millisecond that has begun is not over yet.
    return earliest.map { max(0, $0 - now.nanoseconds / 1_000_000) }
  }

  private func rotate(_ bits: UInt64, by count: Int) -> UInt64 {
    count == 0 ? bits : bits >> UInt64(count) | bits << UInt64(64 - count)
  }

  /// Turns the wheel: takes out all numbers whose deadline has passed.
  mutating func turn(to now: Instant, _ due: inout [UInt32]) {
    let last = now.nanoseconds / 1_000_000
    while tick < last {
      guard let wait = wait(from: Instant(nanoseconds: tick * 1_000_000)), tick + wait <= last else {
        tick = last
        return
      }
      tick += max(1, wait)
      for level in 0..<Self.levels where tick & ((1 << Int64(level * 6)) - 1) == 0 { empty(level, now, &due) }
    }
  }

  private mutating func empty(_ level: Int, _ now: Instant, _ due: inout [UInt32]) {
    let slot = level * Self.slots + Int(tick >> Int64(level * 6)) & 63
    while heads[slot] != Self.none {
      let number = heads[slot]
      unlink(number)
      if entries[Int(number)].deadline <= now { due.append(number) } else { link(number) }
    }
  }

  private mutating func link(_ number: UInt32) {
    // The first millisecond that begins at or after the deadline, at least the next one, at most what the wheels span.
    let nanoseconds = entries[Int(number)].deadline.nanoseconds
    let wanted = nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 > 0 ? 1 : 0)
    let at = min(max(wanted, tick + 1), tick + (1 << Int64(6 * Self.levels)) - (1 << Int64(6 * (Self.levels - 1))))
    let level = max(0, (63 - (at ^ tick).leadingZeroBitCount)) / 6
    let inLevel = Int(at >> Int64(level * 6)) & 63
    let slot = min(level, Self.levels - 1) * Self.slots + inLevel
    insert(number, slot)
  }

  private mutating func insert(_ number: UInt32, _ slot: Int) {
    let head = heads[slot]
    entries[Int(number)].slot = Int16(slot)
    entries[Int(number)].next = head
    entries[Int(number)].previous = Self.none
    if head != Self.none { entries[Int(head)].previous = number }
    heads[slot] = number
    occupied[slot / Self.slots] |= 1 << UInt64(slot % Self.slots)
  }

  private mutating func unlink(_ number: UInt32) {
    let entry = entries[Int(number)]
    guard entry.slot >= 0 else { return }
    let slot = Int(entry.slot)
    if entry.previous == Self.none { heads[slot] = entry.next } else { entries[Int(entry.previous)].next = entry.next }
    if entry.next != Self.none { entries[Int(entry.next)].previous = entry.previous }
    if heads[slot] == Self.none { occupied[slot / Self.slots] &= ~(1 << UInt64(slot % Self.slots)) }
    entries[Int(number)].slot = -1
  }
}
