import Routing
import Sessions
import Wire

/// An attempt to connect to a server: which of its addresses were tried, and what is known of why not.
final class Attempt {
  let dial: Dial
  private let server: Server
  private var left: ArraySlice<Int>
  /// When the address that is being tried is given up.
  var deadline = Instant(nanoseconds: .max)
  /// Whether the first address was tried.
  var hasBegun = false
  /// What the last address said.
  var reason = "no address"

  /// - Parameters:
  ///   - server: whom to connect to.
  ///   - occupancy: how many connections each of its addresses has.
  ///   - shunned: which of them are tried only when no other is left; nil for none.
  init(_ dial: Dial, _ server: Server, occupancy: [Counter], shunned: [Bool]?) {
    self.dial = dial
    self.server = server
    let inOrder = Array(server.addresses.indices)
    switch server.balance {
    case .inOrder: left = inOrder[...]
    case .leastConnections:
      let counts = occupancy.map(\.value)
      // Stable, so that in order decides between equals.
      left = inOrder.sorted { (counts[$0], $0) < (counts[$1], $1) }[...]
    }
    // Never refused without having tried: they come last.
    if let shunned { left = (left.filter { !shunned[$0] } + left.filter { shunned[$0] })[...] }
  }

  /// No address is tried any more.
  func giveUp(_ reason: String) {
    self.reason = reason
    left = []
  }

  /// The next address to try, and its index.
  func next() -> (index: Int, endpoint: Endpoint)? {
    left.popFirst().map { ($0, server.addresses[$0]) }
  }
}
