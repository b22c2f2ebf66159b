// Which of many rules are worth asking. Rules are grouped by the facts that they need something of; of a group those are candidates
// that one fact of it, known by now, does not rule out, or all while none is known. Candidates are asked in the order of the
// rules, as if the others were not there: they would have said no.

/// An index over the rules of a list.
final class RuleIndex: Sendable {
  /// Rules that need the same facts.
  private struct Group {
    let all: Range<UInt32>
    /// One a fact; the ones that leave the fewest candidates first.
    let columns: [RuleColumn]

    func find(_ facts: Facts, _ candidates: inout Candidates) {
      for column in columns.indices where columns[column].find(facts, { candidates.add($0) }) { return }
      candidates.add(all)
    }
  }

  /// Numbers of rules, in order within each range that groups and columns speak of.
  private let postings: [UInt32]
  private let groups: [Group]

  /// - Parameter rules: in order.
  init(_ rules: [Rule]) {
    var members: [Set<KeyedFact>: [(rule: Int, needs: [KeyedFact: [Need]])]] = [:]
    for (rule, needs) in rules.map({ $0.condition?.needs ?? [:] }).enumerated() {
      members[Set(needs.keys), default: []].append((rule, needs))
    }
    var postings: [UInt32] = []
    groups = members.map { facts, members in
      let start = UInt32(postings.count)
      postings += members.map { UInt32($0.rule) }
      let all = start..<UInt32(postings.count)
      let columns = facts.map { fact in
        RuleColumn(fact, asked: members.map { ($0.rule, $0.needs[fact] ?? []) }, postings: &postings)
      }
      return Group(all: all, columns: columns.sorted { ($0.count, $0.fact.rawValue) > ($1.count, $1.fact.rawValue) })
    }
    self.postings = postings
  }

  /// The rules that may not be no; nil if that is not worth knowing, for too many keys are shared with too many rules.
  func candidates(_ facts: Facts) -> Candidates? {
    var candidates = Candidates(index: self)
    for group in groups.indices { groups[group].find(facts, &candidates) }
    return candidates.isOverflowing ? nil : candidates
  }

  /// Several lists of rules, as one: in order, each once.
  struct Candidates: IteratorProtocol {
    private let index: RuleIndex
    private var lists: InlineArray<16, Range<UInt32>> = .init(repeating: 0..<0)
    private var count = 0
    private(set) var isOverflowing = false

    fileprivate init(index: RuleIndex) { self.index = index }

    fileprivate mutating func add(_ list: Range<UInt32>) {
      guard count < lists.count else {
        isOverflowing = true
        return
      }
      lists[count] = list
      count += 1
    }

    /// The number of the next rule.
    mutating func next() -> Int? {
      var least = UInt32.max
      for list in 0..<count where !lists[list].isEmpty {
        least = min(least, index.postings[Int(lists[list].lowerBound)])
      }
      for list in 0..<count where !lists[list].isEmpty && index.postings[Int(lists[list].lowerBound)] == least {
        lists[list] = lists[list].lowerBound + 1..<lists[list].upperBound
      }
      return least == .max ? nil : Int(least)
    }
  }
}
