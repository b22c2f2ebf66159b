import Foundation
import Testing

/// Hundreds of clients at once, each of which does something else that no client should, before real servers: usher goes on,
/// gives all back, says nothing of theirs in its log, and serves who comes after them. USHER_SEED repeats a failed one.
@Suite(.alone, .inEveryRelayMode)
struct SiegeTests {
  private static let clients = 500
  /// In KiB for each of them: a fifth is what they took when this was written.
  private static let mostMemory = 48
  /// In KiB: an allocator keeps and spreads what it was given back.
  private static let slack = 6144

  @Test func nothingIsLeftOfThem() async throws {
    let place = try await Place()
    let before = try await place.usher.settledDescriptors()
    let memory = try place.usher.child.memory("VmRSS")
    var dice = Dice(seed: Dice.seed)
    try await besiege(place, &dice)
    try await place.usher.isBackTo(before)
    let afterwards = try place.usher.child.memory("VmRSS")
    #expect(try place.usher.child.memory("VmHWM") < memory + Self.clients * Self.mostMemory, place.evidence)
    try await besiege(place, &dice)
    try await place.usher.isBackTo(before)
    // What the first ones had is what the second ones have.
    #expect(try place.usher.child.memory("VmRSS") < afterwards + Self.slack, place.evidence)

    #expect(place.usher.child.exitCode == nil, place.evidence)
    #expect(!place.usher.child.output.contains(Mischief.mark), place.evidence)
    try await place.isQuiet()
    try await place.servesOthers()
  }

  /// A ClientHello cut at each of its bytes, and as many others as there is place for.
  private func besiege(_ place: Place, _ dice: inout Dice) async throws {
    let hello = Bytes.openSSLHello
    var crowd = hello.indices.dropFirst().map { Mischief(hello: hello, cutAt: $0) }
    while crowd.count < Self.clients { crowd.append(Mischief(&dice)) }
    let clients = try crowd.map { (try RawClient(port: place.ports.randomElement(using: &dice)!), $0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (client, mischief) in clients { group.addTask { try await client.perform(mischief) } }
      try await group.waitForAll()
    }
  }
}

/// One usher with a listener for each topology, before stunnel and a mail server.
private struct Place {
  let stage: Stage
  let server: RunningMailServer
  let usher: RunningUsher
  let ports: [Int]
  let stunnel: RunningStunnel
  /// Those that the servers have open for themselves.
  private let sockets: [String: Int]

  init() async throws {
    stage = try await Stage()
    server = try await stage.start(.aiosmtpd)
    stunnel = try await stage.startStunnel(before: server.address, extra: "TIMEOUTclose = 0")
    sockets = [stunnel.child, server.child].reduce(into: [:]) { sockets, child in
      sockets[child.name] = child.descriptors.others.count { $0.contains("socket:") }
    }
    ports = Topology.allCases.map { _ in Port.free() }
    let certificate = try await Certificate.shared.value
    usher = try await stage.startUsher(Self.rules(ports, stunnel, server, certificate), ports: ports)
  }

  /// The servers are rid of the crowd as well; until then, who comes next may hear that one of them is not there.
  func isQuiet() async throws {
    for child in [stunnel.child, server.child] {
      try await until("\(child.name) has only its listener", within: .seconds(60), or: { "\(child.descriptors)" }) {
        child.descriptors.others.count { $0.contains("socket:") } <= sockets[child.name]!
      }
    }
  }

  /// Letters arrive, in every way, at every listener.
  func servesOthers() async throws {
    for port in ports {
      for way in Way.allCases {
        let attempt = try await stage.send(with: .smtplib, way, to: port)
        #expect(attempt.exitCode == 0, "\(attempt)\n\(evidence)")
        _ = try await server.store.message(with: attempt.letter.token)
      }
    }
  }

  var evidence: Comment {
    let logs = [stunnel.child, usher.child].map {
      "\($0.name), ended: \($0.exitCode != nil)\n\($0.output.suffix(3000))"
    }
    return "USHER_SEED=\(Dice.seed)\n\(logs.joined(separator: "\n"))"
  }

  private static func rules(
    _ ports: [Int], _ stunnel: RunningStunnel, _ server: RunningMailServer, _ certificate: Certificate
  ) -> String {
    """
    listeners:
      - name: wrapper
        listen: "127.0.0.1:\(ports[0])"
        dialogue: smtp
        grace: 300ms
        greeter: stunnel
        rules:
          - { name: encrypted, when: { tls: true }, to: stunnel }
          - { name: plaintext, to: beside }
      - name: mirror
        listen: "127.0.0.1:\(ports[1])"
        dialogue: smtp
        grace: 300ms
        greeter: beside
        rules:
          - { name: encrypted, when: { tls: true }, to: stunnel }
          - { name: plaintext, to: beside }
      - name: terminate
        listen: "127.0.0.1:\(ports[2])"
        dialogue: smtp
        grace: 300ms
        rules:
          - { name: encrypted, when: { tls: true }, to: beside, terminate-tls: true }
          - { name: plaintext, to: beside }
    servers:
      stunnel: { address: "\(stunnel.address)", tls: [implicit, starttls], client-address: hidden }
      beside: { address: "\(server.address)", client-address: hidden }
    certificates:
      - { chain: "\(certificate.chain)", key: "\(certificate.key)" }
    settings: { timeouts: { greeting: 5s, reply: 5s, command: 3s, hello: 3s, idle: 3s, drain: 1s } }
    """
  }
}
