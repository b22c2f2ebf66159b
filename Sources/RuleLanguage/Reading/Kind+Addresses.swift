// Addresses: where is listened, where servers are, where clients come from.

import Routing
import Wire

extension Kind where Value == Door {
  /// Where a listener listens.
  static let door = scalar("an address and port, `unix:/path` or `fd:NAME`") { scalar throws(Fault) in
    if scalar.text.hasPrefix("fd:") {
      let name = scalar.text.dropFirst(3)
      // sd_listen_fds_with_names(3): no control characters, no colon, at most 255.
      guard !name.isEmpty, name.utf8.count <= 255, name.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x3A })
      else {
        throw Fault(kind: .badAddress, message: "behind `fd:` stands the name of a socket of the service manager")
      }
      return .inherited(String(name))
    }
    return .endpoint(try socketEnd(scalar.text))
  }
}

extension Kind where Value == Endpoint {
  /// Where a server is.
  static let endpoint = scalar("an address and port, or `unix:/path`") { scalar throws(Fault) in
    let end = try socketEnd(scalar.text)
    switch end {
    case .tcp(_, port: 0): throw Fault(kind: .badAddress, message: "no server listens at port 0")
    case .tcp(let address, let port) where address.isUnspecified:
      let local = address.family == .v4 ? "127.0.0.1:\(port)" : "\"[::1]:\(port)\""
      throw Fault(
        kind: .badAddress, message: "`\(address)` is where one listens, not where a server is",
        help: "a server on this machine is at \(local)")
    default: return end
    }
  }
}

/// The longest path of a Unix socket (unix(7): 108 bytes with the NUL behind it).
private let longestPath = 107

private func socketEnd(_ text: String) throws(Fault) -> Endpoint {
  if let end = Endpoint(text) {
    if case .unix(let path) = end, path.utf8.count > longestPath {
      throw Fault(kind: .badAddress, message: "the path of a socket has at most \(longestPath) bytes", offset: 5)
    }
    return end
  }
  throw Fault(
    kind: .badAddress, message: "`\(text)` is no address and port, no `unix:/path`", help: wayToAddress(text))
}

/// What was probably meant by something that is no address.
private func wayToAddress(_ text: String) -> String? {
  if text.hasPrefix("unix:") { return "the path of a socket is absolute: unix:/run/name.sock" }
  if text.hasPrefix("/") { return "write unix:\(text)" }
  if let address = IPAddress(text) {
    return address.family == .v4 ? "the port is missing: \(text):25" : "the port is missing: \"[\(text)]:25\""
  }
  if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
    return "the address is missing: 0.0.0.0:\(text) or 127.0.0.1:\(text)"
  }
  guard let colon = text.lastIndex(of: ":") else {
    return "an address is written in numbers, with its port: 127.0.0.1:25"
  }
  let (host, port) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
  guard UInt16(port) != nil else { return "a port is a number up to 65535" }
  if IPAddress(host)?.family == .v6 { return "an IPv6 address stands in brackets: \"[\(host)]:\(port)\"" }
  if host.isEmpty || host == "*" { return "every address is \"0.0.0.0:\(port)\" and \"[::]:\(port)\"" }
  if host == "localhost" { return "write 127.0.0.1:\(port) or \"[::1]:\(port)\"" }
  return "names are not looked up; write the address that `getent hosts \(host)` gives"
}

extension Kind where Value == Network {
  /// Where clients come from.
  static let network = scalar("an address or a block such as 192.0.2.0/24") { scalar throws(Fault) in
    guard let network = Network(scalar.text) else {
      let address = scalar.text.split(separator: "/").first.flatMap { IPAddress(String($0)) }
      throw Fault(
        kind: .badAddress, message: "`\(scalar.text)` is no address and no block of addresses",
        help: address.map { "a block is written \($0)/\($0.family == .v4 ? "0 to /32" : "0 to /128")" }
          ?? "as 192.0.2.1, 192.0.2.0/24 or \"2001:db8::/32\"")
    }
    if let written = scalar.text.split(separator: "/").first.flatMap({ IPAddress(String($0)) }), written != network.base
    {
      throw Fault(
        kind: .badAddress, message: "`\(scalar.text)` is an address inside of the block \(network)",
        help: "write \(network) for the block, or \(written) for the address")
    }
    return network
  }
}
