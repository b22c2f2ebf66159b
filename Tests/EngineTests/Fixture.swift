import Foundation
import Routing
import Sessions
import Synchronization
import Wire

@testable import Engine

/// What an engine told.
final class Ledger: Observer {
  private let state = Mutex<(reports: [ConnectionReport], notices: [Notice], doors: [Endpoint])>(([], [], []))

  func opened(listener: String, at door: Endpoint) { state.withLock { $0.doors.append(door) } }
  func ended(_ connection: ConnectionReport) { state.withLock { $0.reports.append(connection) } }
  func noticed(_ notice: Notice) { state.withLock { $0.notices.append(notice) } }

  var reports: [ConnectionReport] { state.withLock { $0.reports } }
  var notices: [Notice] { state.withLock { $0.notices } }
  var doors: [Endpoint] { state.withLock { $0.doors } }

  /// Waits until that many connections have ended.
  func reports(_ count: Int) throws -> [ConnectionReport] {
    try eventually("\(count) reports") { reports.count >= count }
    return reports
  }

  /// Waits for the words in a notice.
  func notice(of words: String) throws {
    try eventually("a notice of \(words)") { notices.contains { $0.message.contains(words) } }
  }
}

struct Late: Error { let what: String }

/// Waits until it is so; twenty seconds are for ever.
func eventually(_ what: String, _ isSo: () throws -> Bool) throws {
  for _ in 0..<20_000 {
    if try isSo() { return }
    usleep(1000)
  }
  throw Late(what: what)
}

let loopback = IPAddress("127.0.0.1")!

/// An engine in front of servers.
final class Fixture {
  let pool: WorkerPool
  let ledger = Ledger()

  init(_ configuration: Configuration, relayMode: RelayMode = .automatic, descriptors: Int = 10_000) throws {
    pool = try WorkerPool(
      configuration: configuration, hostname: "usher.test", relayMode: relayMode, descriptors: descriptors,
      observer: ledger)
    pool.start()
  }

  deinit { pool.stop() }

  var door: Endpoint { ledger.doors[0] }
  func client() throws -> Plug { try Plug(to: door) }
}

extension Configuration {
  /// All clients go to one server, as they are; the servers are in order.
  static func relay(to addresses: [Endpoint], door: Endpoint = .tcp(loopback, port: 0)) -> Configuration {
    let server = Server(
      name: "server", addresses: addresses, balance: .inOrder, tls: [.implicit, .startTLS], clientAddress: .hidden)
    let rules = RuleList([
      Rule(name: "all", condition: nil, action: .to(ServerID(0), terminatingTLS: false))
    ])
    let listener = Listener(
      name: "front", doors: [.endpoint(door)], dialogue: nil, grace: .fixed(.milliseconds(50)), greeter: nil,
      capabilities: .common, rules: rules, certificates: [])
    var settings = Settings()
    settings.threads = 2
    return Configuration(listeners: [listener], servers: [server], settings: settings)
  }

  /// Mail: who is silent is greeted by the server, and what it says then decides.
  static func mail(to address: Endpoint, grace: Duration = .milliseconds(20)) -> Configuration {
    var configuration = relay(to: [address])
    configuration.servers[0].tls = []
    configuration.listeners[0].dialogue = .smtp
    configuration.listeners[0].grace = .fixed(grace)
    configuration.listeners[0].greeter = ServerID(0)
    configuration.listeners[0].rules = RuleList([
      Rule(
        name: "encrypted", condition: .test(.tls([.implicit, .startTLS])), action: .reject("554 5.7.1 no TLS here")),
      Rule(name: "all", condition: nil, action: .to(ServerID(0), terminatingTLS: false)),
    ])
    return configuration
  }

  /// As mail, but greeted by another server, where who has a password ends up.
  static func mail(to address: Endpoint, greetedBy greeter: Endpoint) -> Configuration {
    var configuration = mail(to: address)
    configuration.servers.append(configuration.servers[0])
    configuration.servers[1].name = "greeter"
    configuration.servers[1].addresses = [greeter]
    configuration.listeners[0].greeter = ServerID(1)
    configuration.listeners[0].rules = RuleList([
      Rule(name: "passwords", condition: .test(.command(["AUTH"])), action: .to(ServerID(1), terminatingTLS: false)),
      Rule(name: "all", condition: nil, action: .to(ServerID(0), terminatingTLS: false)),
    ])
    return configuration
  }
}
