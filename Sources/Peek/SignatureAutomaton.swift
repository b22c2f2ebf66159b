// All signatures at once, one byte after the other: a deterministic finite automaton, made once from the table. Its states
// are the sets of signatures that the bytes so far begin, so that a verdict falls at the first byte that leaves only one, or none.

/// Which signature the first bytes of a client are, in one step a byte.
struct SignatureAutomaton: Sendable {
  /// What one byte leads to.
  enum Step: Sendable, Hashable {
    /// More bytes are needed.
    case state(UInt16)
    /// TLS.
    case tls
    /// A row of the table.
    case plaintext(PlaintextProtocol)
    /// No signature.
    case none
  }

  /// The bytes `first...last` lead to one step.
  private struct Edge: Sendable {
    let first: UInt8
    var last: UInt8
    let step: Step
  }

  private struct State: Sendable {
    var edges: Range<Int>
    let couldBeTLS: Bool
  }

  private var states: [State] = []
  private var edges: [Edge] = []

  /// The automaton of TLS and all rows.
  static let standard = SignatureAutomaton(tls: Protocols.tls, rows: Protocols.rows.map(\.signatures))

  /// Before the first byte.
  static let start: UInt16 = 0

  /// - Parameters:
  ///   - tls: what TLS begins with.
  ///   - rows: what each row begins with; where two could be meant, the first one is.
  init(tls: [Signature], rows: [[Signature]]) {
    let all = tls.map { Candidate(signature: $0, outcome: .tls) }
    let named = rows.enumerated().flatMap { row, signatures in
      signatures.map { Candidate(signature: $0, outcome: .plaintext(PlaintextProtocol(row: row))) }
    }
    var construction = Construction(candidates: all + named)
    _ = construction.state(of: Array(construction.candidates.indices), depth: 0, in: &self)
  }

  /// Where that byte leads from that state.
  func step(from state: UInt16, _ byte: UInt8) -> Step {
    for index in states[Int(state)].edges where byte <= edges[index].last {
      return byte >= edges[index].first ? edges[index].step : .none
    }
    return .none
  }

  /// Whether TLS can still follow.
  func couldBeTLS(in state: UInt16) -> Bool { states[Int(state)].couldBeTLS }
}

extension SignatureAutomaton {
  /// A signature, and what it means.
  private struct Candidate {
    let signature: Signature
    let outcome: Step
  }

  /// The subset construction.
  private struct Construction {
    let candidates: [Candidate]
    /// The states that were made, by the signatures that are still possible and the number of bytes that were read.
    var made: [[Int]: UInt16] = [:]

    /// The state in which those are possible after so many bytes.
    mutating func state(of possible: [Int], depth: Int, in automaton: inout SignatureAutomaton) -> UInt16 {
      if let state = made[possible + [depth]] { return state }
      let state = UInt16(automaton.states.count)
      made[possible + [depth]] = state
      let couldBeTLS = possible.contains { candidates[$0].outcome == .tls }
      automaton.states.append(State(edges: 0..<0, couldBeTLS: couldBeTLS))
      let edges = edges(of: possible, depth: depth, in: &automaton)
      automaton.states[Int(state)].edges = automaton.edges.count..<automaton.edges.count + edges.count
      automaton.edges += edges
      return state
    }

    /// In the order of their bytes; neighbours that leave the same are one.
    private mutating func edges(of possible: [Int], depth: Int, in automaton: inout SignatureAutomaton) -> [Edge] {
      var edges: [Edge] = []
      var before: [Int] = []
      var bytes = ByteSet([])
      for candidate in possible { bytes.formUnion(candidates[candidate].signature[depth]) }
      for byte in bytes.members {
        let left = possible.filter { candidates[$0].signature[depth].contains(byte) }
        if left == before, let last = edges.last, last.last + 1 == byte {
          edges[edges.count - 1].last = byte
        } else {
          edges.append(Edge(first: byte, last: byte, step: step(with: left, depth + 1, in: &automaton)))
        }
        before = left
      }
      return edges
    }

    private mutating func step(with possible: [Int], _ depth: Int, in automaton: inout SignatureAutomaton) -> Step {
      if let whole = possible.first(where: { candidates[$0].signature.count == depth }) {
        return candidates[whole].outcome
      }
      return possible.isEmpty ? .none : .state(state(of: possible, depth: depth, in: &automaton))
    }
  }
}
