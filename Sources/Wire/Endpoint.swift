/// One end of a connection: where a listener listens, a server is dialled, or a client comes from.
public enum Endpoint: Sendable, Hashable, CustomStringConvertible {
  /// TCP over IPv4 or IPv6.
  case tcp(IPAddress, port: UInt16)
  /// A Unix stream socket; the path is empty for a client that did not bind one. A leading `@` is the abstract namespace.
  case unix(String)

  /// - Parameter text: `192.0.2.1:25`, `[2001:db8::1]:25` or `unix:/path`.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard path.count > 1, path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
      self = .unix(path)
      return
    }
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let port = UInt16(digits), let address = Endpoint.address(text[..<colon])
    else { return nil }
    self = .tcp(address, port: port)
  }

  private static func address(_ host: Substring) -> IPAddress? {
    guard host.hasPrefix("[") else { return host.contains(":") ? nil : IPAddress(String(host)) }
    guard host.hasSuffix("]") else { return nil }
    let inner = host.dropFirst().dropLast()
    return inner.contains(":") ? IPAddress(String(inner)) : nil
  }

  /// The address, if it has one.
  public var ip: IPAddress? {
    if case .tcp(let address, _) = self { address } else { nil }
  }

  /// Whether nobody outside this machine can be at, or reach, this end.
  public var isLocal: Bool { ip?.isLoopback ?? true }

  /// As it is written in a rules file.
  public var description: String {
    switch self {
    case .tcp(let address, let port): address.family == .v4 ? Endpoint.text(v4: address, port) : "[\(address)]:\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  private static func text(v4 address: IPAddress, _ port: UInt16) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(21)
    address.append(v4To: &text)
    text.append(UInt8(ascii: ":"))
    text.append(decimal: UInt64(port))
    return String(decoding: text, as: UTF8.self)
  }
}
