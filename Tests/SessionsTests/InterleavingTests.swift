import Testing

/// SplitMix64: the same numbers in every run.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// Whatever client, servers and clock do, and in whatever order: the laws of `World` hold.
@Suite struct InterleavingTests {
  @Test(arguments: World.doors) func anyOrderOfEvents(door: String) {
    var endings: Set<String> = []
    for seed in 0..<500 {
      var world = World(door: door, dice: Dice(state: UInt64(seed)))
      world.run(events: 60)
      endings.insert(world.session.summary.ending?.rawValue ?? "open")
    }
    // The die reaches more than the nearest exit.
    #expect(endings.count >= 5, "\(endings)")
  }
}
