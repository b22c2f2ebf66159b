import Peek
import Routing
import Wire

// What was found out about a client that is not routed yet: its `Facts` in few bytes, for each of ten thousand silent clients
// has them.

/// Facts, without what the session knows anyway: the ends of the connection and the client's hello.
struct Findings {
  let beginning: Beginning
  private let silent: Answer
  let early: Answer
  /// Whether EHLO and commands can still come.
  private let mayBeSpokenWith: Bool
  let firstBytesAreWhole: Bool
  let hello: Known<ClientHello>
  private let protocolName: Known<String>
  private let firstBytes: [UInt8]

  init(_ facts: Facts) {
    beginning = facts.beginning
    silent = facts.silent
    early = facts.early
    // `==` would look for the equality of what it could hold.
    if case .absent = facts.helo { mayBeSpokenWith = false } else { mayBeSpokenWith = true }
    firstBytesAreWhole = facts.firstBytesAreWhole
    hello = facts.hello
    protocolName = facts.protocolName
    firstBytes = facts.firstBytes
  }

  /// - Parameter helo: the argument of the client's EHLO, HELO or LHLO.
  func facts(client: Endpoint, local: Endpoint, helo: [UInt8]?) -> Facts {
    Facts(
      client: client, local: local, beginning: beginning, hello: hello, protocolName: protocolName, silent: silent,
      early: early, helo: helo.map { .value($0) } ?? (mayBeSpokenWith ? .pending : .absent),
      command: mayBeSpokenWith ? .pending : .absent, mailFrom: mayBeSpokenWith ? .pending : .absent,
      firstBytes: firstBytes, firstBytesAreWhole: firstBytesAreWhole)
  }
}

extension Session {
  /// What the rules are asked of. A command is never kept: it decides, or is not one of the client's last words.
  var facts: Facts {
    get { findings.facts(client: summary.client, local: summary.local, helo: hello?.name) }
    set { findings = Findings(newValue) }
  }
}
