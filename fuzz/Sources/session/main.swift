// What happens to a session, and in which order, is drawn from the input; the laws of `World` hold.

import Fuzzer

/// A die whose numbers somebody wrote; when they are used up it goes on by itself, for some numbers are drawn again.
struct Written: RandomNumberGenerator {
  var bytes: ArraySlice<UInt8>
  private var further: UInt64 = 0

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  mutating func next() -> UInt64 {
    if let byte = bytes.popFirst() { return UInt64(byte) &* 0x0101_0101_0101_0101 }
    further &+= 0x9E37_79B9_7F4A_7C15
    return further
  }
}

fuzz { bytes in
  guard let first = bytes.first else { return }
  let door = World.doors[Int(first) % World.doors.count]
  var world = World(door: door, dice: Written(bytes.dropFirst()))
  world.run(events: bytes.count / 3)
}
