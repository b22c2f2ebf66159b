// What each key of `when:` asks of the facts. Asked at every event of every client that is not routed yet, so nothing here
// allocates.

import Patterns
import Peek
public import Wire

extension Test {
  /// Whether it holds for a client of whom that is known.
  public func answer(_ facts: Facts) -> Answer {
    switch self {
    case .client(let networks): Answer(networks.contain(facts.client))
    case .local(let networks): Answer(networks.contain(facts.local))
    case .tls(let wanted): facts.beginning.isOne(of: wanted)
    case .sni(let patterns): facts.hello.answer { patterns.match($0.forEachServerName) }
    case .alpn(let patterns): facts.hello.answer { patterns.match($0.forEachProtocol) }
    case .ja4(let patterns): facts.hello.answer { patterns.match($0.ja4) }
    case .tlsVersion(let patterns): facts.hello.answer { patterns.match($0.tlsVersion) }
    case .protocolName(let names): facts.protocolName.answer { names.contains($0) }
    case .silent(let wanted): wanted ? facts.silent : !facts.silent
    case .early(let wanted): wanted ? facts.early : !facts.early
    case .helo(let patterns): facts.helo.answer { patterns.match($0) }
    case .command(let verbs): facts.command.answer { verbs.contains($0) }
    case .mailFrom(let patterns): facts.mailFrom.answer { patterns.match($0) }
    case .firstBytes(let patterns):
      patterns.any { $0.matches(facts.firstBytes.span, isWhole: facts.firstBytesAreWhole) }
    }
  }
}

extension [Network] {
  /// Whether the end is in one of them; one without an address, a Unix socket, is in none.
  fileprivate func contain(_ endpoint: Endpoint) -> Bool {
    guard let address = endpoint.ip else { return false }
    return contains { $0.contains(address) }
  }
}

extension [Pattern] {
  fileprivate func match(_ text: String) -> Bool { contains { $0.matches(text) } }

  /// - Parameter forEach: calls with each of the names, one of which is to match.
  fileprivate func match(_ forEach: ((Span<UInt8>) -> Void) -> Void) -> Bool {
    var isFound = false
    forEach { name in isFound = isFound || contains { $0.matches(name, isWhole: true) == .yes } }
    return isFound
  }

  fileprivate func match(_ bytes: [UInt8]) -> Bool { contains { $0.matches(bytes.span, isWhole: true) == .yes } }
}
