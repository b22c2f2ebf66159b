// What two promises of the same keyword have in common, by the standard of each: one row an extension.

extension Capabilities.Extension {
  /// The weaker of two promises; nil when they have nothing in common.
  /// - Parameter other: the other server's promise of the same keyword; nil when it has none.
  func common(with other: Self?) -> Self? {
    guard let other else { return isRestriction ? self : nil }
    switch keyword {
    // RFC 1870 §4: no parameter, or 0, is no fixed limit.
    case "SIZE": return with(Self.least(parameters.first, other.parameters.first, unlimited: "0"))
    // RFC 4954 §3: the parameters are the mechanisms.
    case "AUTH": return nonEmpty(shared(with: other))
    // RFC 4468 §3: the parameters are the URLs that are taken; none promises none.
    case "BURL": return with(shared(with: other))
    // RFC 2852 §2: the shortest time that is promised; without one there is no fixed minimum.
    case "DELIVERBY": return with(Self.greatest(parameters.first, other.parameters.first))
    // RFC 4865 §4: the longest interval, and the latest date; both are fixed width or plain numbers.
    case "FUTURERELEASE": return futureRelease(with: other)
    case "LIMITS": return with(limits(with: other))
    // RFC 6710 §4 and all others: the same words, or nothing. 8BITMIME, SMTPUTF8, PIPELINING, CHUNKING, DSN have none.
    default:
      return Set(parameters.map { $0.uppercased() }) == Set(other.parameters.map { $0.uppercased() }) ? self : nil
    }
  }

  /// Whether it takes something away rather than promise it (RFC 9422): what one server limits, both do.
  var isRestriction: Bool { keyword == "LIMITS" }

  private func with(_ parameters: [String]) -> Self { Self(keyword: keyword, parameters: parameters) }

  private func nonEmpty(_ parameters: [String]) -> Self? { parameters.isEmpty ? nil : with(parameters) }

  private func shared(with other: Self) -> [String] {
    let theirs = Set(other.parameters.map { $0.uppercased() })
    return parameters.filter { theirs.contains($0.uppercased()) }
  }

  private static func least(_ one: String?, _ other: String?, unlimited: String? = nil) -> [String] {
    [one, other].compactMap { $0 == unlimited ? nil : $0.flatMap { UInt64($0) } }.filter { $0 > 0 }.min().map {
      ["\($0)"]
    }
      ?? []
  }

  private static func greatest(_ one: String?, _ other: String?) -> [String] {
    [one, other].compactMap { $0.flatMap { UInt64($0) } }.max().map { ["\($0)"] } ?? []
  }

  private func futureRelease(with other: Self) -> Self? {
    guard parameters.count == 2, other.parameters.count == 2 else { return parameters == other.parameters ? self : nil }
    let interval = Self.least(parameters[0], other.parameters[0])
    // RFC 3339 in UTC, as RFC 4865 has it: text sorts as time does.
    return interval.isEmpty ? nil : with(interval + [min(parameters[1], other.parameters[1])])
  }

  /// RFC 9422 §4: `NAME=number`, the smaller number; a name that only one has is a limit of both.
  private func limits(with other: Self) -> [String] {
    var limits: [(name: String, value: String)] = []
    for parameter in parameters + other.parameters {
      let words = parameter.split(separator: "=", maxSplits: 1).map(String.init)
      guard words.count == 2 else { continue }
      if let index = limits.firstIndex(where: { $0.name == words[0].uppercased() }) {
        limits[index].value = Self.least(limits[index].value, words[1]).first ?? words[1]
      } else {
        limits.append((words[0].uppercased(), words[1]))
      }
    }
    return limits.map { "\($0.name)=\($0.value)" }
  }
}
