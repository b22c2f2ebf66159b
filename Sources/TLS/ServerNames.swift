// Which certificate for which name (RFC 6125 §6.4): an exact name, else a wildcard that is the whole left-most label and
// stands for one label.

struct ServerNames: Sendable {
  private var exact: [String: Int] = [:]
  private var wildcards: [String: Int] = [:]

  /// - Parameter certificates: the names of each. Of two that have a name, the first is its certificate.
  init(_ certificates: [[String]]) {
    for (index, names) in certificates.enumerated() {
      for name in names.map(ServerNames.canonical) {
        if name.hasPrefix("*.") {
          if wildcards[String(name.dropFirst(2))] == nil { wildcards[String(name.dropFirst(2))] = index }
        } else if exact[name] == nil {
          exact[name] = index
        }
      }
    }
  }

  /// The certificate for that name; the first where none fits.
  func index(of serverName: String) -> Int {
    let name = ServerNames.canonical(serverName)
    if let index = exact[name] { return index }
    guard let dot = name.firstIndex(of: ".") else { return 0 }
    return wildcards[String(name[name.index(after: dot)...])] ?? 0
  }

  /// Names are compared without case, and the dot of the root says nothing.
  private static func canonical(_ name: String) -> String {
    let lower = name.lowercased()
    return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
  }
}
