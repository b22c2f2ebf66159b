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
  /// How long an address whose queue is full is asked again.
  private var asksUntil: Instant?
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
    if let address = dial.address {
      left = [address]
    } else if let shunned {
      // Never refused without having tried: they come last.
      left = (left.filter { !shunned[$0] } + left.filter { shunned[$0] })[...]
    }
  }

  /// A Unix socket whose queue is full says so at once, and nothing tells when it has room: it is asked again soon.
  /// - Returns: false when that was done for as long as a connection may take.
  func mayWait(for index: Int, at now: Instant, _ patience: Duration) -> Bool {
    if asksUntil == nil { asksUntil = now + patience }
    guard let asksUntil, now < asksUntil else {
      self.asksUntil = nil
      return false
    }
    left = [index] + left
    deadline = now + .milliseconds(10)
    return true
  }

  /// The next address to try, and its index.
  func next() -> (index: Int, endpoint: Endpoint)? {
    left.popFirst().map { ($0, server.addresses[$0]) }
  }
}
