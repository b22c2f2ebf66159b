import Foundation

// Where programs run: this machine's loopback, or a network of their own that ends with the test.

/// A network that programs are started in.
struct Network: Sendable {
  /// What stands before a command.
  let prefix: [String]
  /// Where a server listens, and is reached from the same network.
  let address: String
  /// Keeps the network alive.
  private let keeper: Child?

  static let loopback = Network(prefix: [], address: "127.0.0.1", keeper: nil)

  private init(prefix: [String], address: String, keeper: Child?) {
    self.prefix = prefix
    self.address = address
    self.keeper = keeper
  }

  /// Another address that clients may come from, if they are in a network of their own.
  static let other = "10.250.0.3"

  /// Two networks with a cable between them: 10.250.0.1, where servers are, and 10.250.0.2, where clients are.
  static func pair(in folder: URL) async throws -> (inside: Network, outside: Network) {
    let inside = try await alone("10.250.0.1", folder)
    let outside = try await alone("10.250.0.2", folder)
    let (near, far) = (inside.keeper!.pid, outside.keeper!.pid)
    try await run(
      ["ip", "link", "add", "inner", "netns", "\(near)", "type", "veth", "peer", "outer", "netns", "\(far)"], folder)
    for (network, cable) in [(inside, "inner"), (outside, "outer")] {
      try await run(network.prefix + ["ip", "address", "add", "\(network.address)/24", "dev", cable], folder)
      try await run(network.prefix + ["ip", "link", "set", cable, "up"], folder)
    }
    try await run(outside.prefix + ["ip", "address", "add", "\(other)/24", "dev", "outer"], folder)
    return (inside, outside)
  }

  /// Servers of this network answer to usher where it dials from a client's address, not to the client (`transparent`).
  func bringsAnswersBack(from port: Int, _ folder: URL) async throws {
    let answers = ["from", address, "iif", "lo", "ipproto", "tcp", "sport", "\(port)"]
    try await run(prefix + ["ip", "rule", "add"] + answers + ["lookup", "123"], folder)
    try await run(prefix + ["ip", "route", "add", "local", "0.0.0.0/0", "dev", "lo", "table", "123"], folder)
  }

  private static func alone(_ address: String, _ folder: URL) async throws -> Network {
    let keeper = try Child(
      name: "network", ["unshare", "--net", "sh", "-c", "ip link set lo up && echo ready && exec sleep 1800"],
      log: folder.appending(path: "network-\(address).log"))
    try await until("there is a network", or: { keeper.output }) { keeper.output.contains("ready") }
    return Network(prefix: ["nsenter", "--target", "\(keeper.pid)", "--net"], address: address, keeper: keeper)
  }
}

/// Runs it to its end.
func run(_ command: [String], _ folder: URL) async throws {
  let child = try Child(name: command[0], command, log: folder.appending(path: "\(UUID().uuidString).log"))
  let code = try await child.ended(within: .seconds(60))
  guard code == 0 else { throw Failure("\(command.joined(separator: " ")): exit code \(code)\n\(child.output)") }
}
