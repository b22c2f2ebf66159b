// One fact, and the rules of a group by what they ask of it.

import Patterns
import Peek
import Wire

/// Where the rules are found that a value of one fact does not rule out.
struct RuleColumn: Sendable {
  let fact: KeyedFact
  /// Of each key, where its rules stand, in order, in the list that the column was made with.
  private var table: KeyTable
  /// The lengths of the literals, or prefixes of the blocks, in order: nothing else need be looked up.
  private var beginnings: [Int] = []
  private var ends: [Int] = []
  private var prefixes: (v4: [Int], v6: [Int]) = ([], [])
  /// How many different keys there are: the more, the fewer rules has each.
  let count: Int

  /// The longest literal that is looked up, in bytes; of longer ones that much.
  private static let longest = 255

  /// - Parameters:
  ///   - asked: what each rule asks of the fact.
  ///   - postings: to which the rules of each key are appended.
  init(_ fact: KeyedFact, asked: [(rule: Int, needs: [Need])], postings: inout [UInt32]) {
    self.fact = fact
    var rules: [RuleKey: [UInt32]] = [:]
    var needs: Set<Need> = []
    for (rule, asks) in asked {
      for need in asks {
        needs.insert(need.cut(to: Self.longest))
        let key = need.cut(to: Self.longest).key
        if rules[key]?.last != UInt32(rule) { rules[key, default: []].append(UInt32(rule)) }
      }
    }
    count = rules.count
    table = KeyTable(capacity: rules.count)
    for (key, rules) in rules {
      table.insert(key, Range(uncheckedBounds: (UInt32(postings.count), UInt32(postings.count + rules.count))))
      postings += rules
    }
    note(needs)
  }

  private mutating func note(_ needs: Set<Need>) {
    var (v4, v6, beginnings, ends): (Set<Int>, Set<Int>, Set<Int>, Set<Int>) = ([], [], [], [])
    for need in needs {
      switch need {
      case .network(let network) where network.base.family == .v4: v4.insert(network.prefix)
      case .network(let network): v6.insert(network.prefix)
      case .text(.beginning(let bytes)): beginnings.insert(bytes.count)
      case .text(.end(let bytes)): ends.insert(bytes.count)
      case .text(.whole), .number: break
      }
    }
    prefixes = (v4.sorted(), v6.sorted())
    (self.beginnings, self.ends) = (beginnings.sorted(), ends.sorted())
  }
}

// MARK: - Looking up

extension RuleColumn {
  /// Looks up what is known of its fact.
  /// - Parameter found: is given rules that may match; the others do not.
  /// - Returns: false when it is not known yet, so that all rules may match.
  func find(_ facts: Facts, _ found: (Range<UInt32>) -> Void) -> Bool {
    switch fact {
    case .client: find(facts.client, found)
    case .local: find(facts.local, found)
    case .beginning: find(number: Int(facts.beginning.rawValue), found)
    case .silent: find(facts.silent, found)
    case .early: find(facts.early, found)
    case .sni: find(facts.hello) { $0.forEachServerName { find($0, found) } }
    case .alpn: find(facts.hello) { $0.forEachProtocol { find($0, found) } }
    case .ja4: find(facts.hello) { find($0.ja4.utf8.span, found) }
    case .tlsVersion: find(facts.hello) { find($0.tlsVersion.utf8.span, found) }
    case .protocolName: find(facts.protocolName) { find($0.utf8.span, found) }
    case .helo: find(facts.helo) { find($0.span, found) }
    case .command: find(facts.command) { find($0.utf8.span, found) }
    case .mailFrom: find(facts.mailFrom) { find($0.span, found) }
    }
  }

  private func find<Value>(_ fact: Known<Value>, _ look: (Value) -> Void) -> Bool {
    switch fact {
    case .pending: return false
    case .absent: return true
    case .value(let value):
      look(value)
      return true
    }
  }

  private func find(_ answer: Answer, _ found: (Range<UInt32>) -> Void) -> Bool {
    guard let truth = answer.settled else { return false }
    return find(number: truth ? 1 : 0, found)
  }

  private func find(number: Int, _ found: (Range<UInt32>) -> Void) -> Bool {
    find(RuleKey(number: number), found)
    return true
  }

  private func find(_ endpoint: Endpoint, _ found: (Range<UInt32>) -> Void) -> Bool {
    guard let address = endpoint.ip else { return true }
    for prefix in address.family == .v4 ? prefixes.v4 : prefixes.v6 { find(RuleKey(address, prefix: prefix), found) }
    return true
  }

  /// The whole, and its beginnings and ends of the lengths that rules ask for.
  private func find(_ text: Span<UInt8>, _ found: (Range<UInt32>) -> Void) {
    var hash = TextHash()
    var ends = ends[...]
    for length in 0...min(text.count, Self.longest) {
      if length > 0 { hash.append(text[text.count - length]) }
      if ends.first == length {
        ends.removeFirst()
        find(RuleKey(hash, .end), found)
      }
    }
    if text.count <= Self.longest { find(RuleKey(hash, .whole), found) }
    findBeginnings(text, found)
  }

  private func findBeginnings(_ text: Span<UInt8>, _ found: (Range<UInt32>) -> Void) {
    var hash = TextHash()
    var read = 0
    for length in beginnings where length <= text.count {
      while read < length {
        hash.append(text[read])
        read += 1
      }
      find(RuleKey(hash, .beginning), found)
    }
  }

  private func find(_ key: RuleKey, _ found: (Range<UInt32>) -> Void) {
    let range = table.find(key)
    if !range.isEmpty { found(range) }
  }
}
