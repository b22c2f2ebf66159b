import Engine
import Kernel
import Routing
import RuleLanguage
import SystemPackage
import TLS
import Wire

/// `usher demo`: a TLS end, two mail sinks and the listener in one process. Nothing to configure, nothing is kept.
public struct Demonstration: Sendable {
  /// Of 127.0.0.1; 0 is a free one.
  public var port: UInt16
  /// Whether the built-in clients visit it, and it ends.
  public var isOnce: Bool

  public init(port: UInt16, isOnce: Bool) {
    self.port = port
    self.isOnce = isOnce
  }

  /// Whether a person looks at the standard output.
  public static var isWatched: Bool { Host.isTerminal(1) }

  /// Runs until it is told to stop, or (`isOnce`) until the clients are through. To be called before any thread is started.
  public func run() -> Outcome {
    let signals = Signals([.interrupt, .terminate])
    let output = Output.standard
    do {
      let stage = DemoStage(output)
      let (pool, rules) = try open(stage)
      pool.start()
      guard let door = stage.endpoint else { throw Misfortune(reason: "no port is open") }
      output.write(DemoText(door: door, output: output).introduction(rules: rules(door)))
      if isOnce { return visit(door, stage, pool) }
      output.write(DemoText(door: door, output: output).commands)
      _ = signals.next()
      pool.stop()
      output.line("\nDone. Next: write a rules file, and `usher check` it.")
      return .fine
    } catch {
      Output.errors.line("\(Output.errors.paint("error:", .boldRed)) \(error)")
      return .wrongWorld
    }
  }

  private func open(_ stage: DemoStage) throws -> (WorkerPool, (Endpoint) -> String) {
    let certificate = try ThrowAwayCertificate(
      names: ["mail.demo.example", "localhost"], validFrom: -3600, validUntil: 30 * 86_400)
    let tlsEnd = try MailSink(name: "tls-end", context: ServerContext(certificate)) { stage.arrived($0) }
    let oldMTA = try MailSink(name: "old-mta", context: nil) { stage.arrived($0) }
    tlsEnd.open()
    oldMTA.open()
    let rules = { DemoText.rules(door: $0, tlsEnd: tlsEnd.endpoint, oldMTA: oldMTA.endpoint) }
    let text = rules(.tcp(IPAddress(v4: 0x7F00_0001), port: port))
    guard let configuration = RulesFile(Array(text.utf8), name: "demo").configuration else {
      throw Misfortune(reason: "the rules of the demonstration have an error")
    }
    do throws(EngineError) {
      return (try WorkerPool(configuration: configuration, hostname: "usher.demo.example", observer: stage), rules)
    } catch {
      throw Misfortune(reason: "\(error.reason); another port: usher demo --port 0")
    }
  }

  /// The three kinds of clients, one after the other: each letter must arrive where the rules say.
  private func visit(_ door: Endpoint, _ stage: DemoStage, _ pool: WorkerPool) -> Outcome {
    let output = Output.standard
    var failures = 0
    for client in DemoClient.allCases {
      output.line("\n\(output.paint("A client that speaks \(client.way)", .bold)):")
      do throws(TalkError) {
        try client.send(to: door)
      } catch {
        output.line("  \(output.paint("failed", .boldRed)): \(error)")
      }
      // The last line of usher's comes when both ends have closed.
      while pool.connectionCount > 0 { pause(milliseconds: 5) }
      let letters = stage.takeLetters()
      let isRight = letters.map(\.server) == [client == .plaintext ? "old-mta" : "tls-end"]
      if !isRight || letters.first?.way != client.way { failures += 1 }
    }
    pool.stop()
    output.line("")
    guard failures == 0 else {
      output.line(
        output.paint("\(failures) of \(DemoClient.allCases.count) letters did not arrive as they should", .boldRed))
      return .wrongWorld
    }
    output.line(output.paint("All three arrived where the rules say.", .boldGreen))
    return .fine
  }
}
