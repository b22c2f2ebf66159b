import Testing

@testable import Engine

@Suite struct SlabTests {
  private final class Witness { let number: Int; init(_ number: Int) { self.number = number } }

  @Test func aKeyIsGoodForOneLife() {
    let slab = Slab<Witness>()
    let first = slab.insert { _ in Witness(1) }
    #expect(slab.contains(first))
    slab.remove(first.index)
    #expect(!slab.contains(first))
    let second = slab.insert { _ in Witness(2) }
    #expect(second.index == first.index)
    #expect(!slab.contains(first))
    #expect(slab[second.index].number == 2)
  }

  @Test func placesStayWhereTheyAreWhileOthersCome() {
    let slab = Slab<Int>()
    let keys = (0..<1000).map { number in slab.insert { _ in number } }
    for (number, key) in keys.enumerated() { #expect(slab[key.index] == number) }
    #expect(Set(keys).count == 1000)
    for key in keys where key.index % 3 == 0 { slab.remove(key.index) }
    #expect(slab.count == slab.keys.count)
    #expect(Set(slab.keys) == Set(keys.filter { $0.index % 3 != 0 }))
  }

  @Test func whatIsTakenOutIsEnded() {
    let slab = Slab<Witness>()
    weak var witness: Witness?
    let key = slab.insert { _ in
      let made = Witness(1)
      witness = made
      return made
    }
    #expect(witness != nil)
    slab.remove(key.index)
    #expect(witness == nil)
  }
}
