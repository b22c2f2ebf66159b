import Foundation
import Testing

/// The units as they are shipped, under a real systemd; mail goes through all the time.
@Suite(.withServiceMachine, .with("swaks"), .inTurn)
struct ServiceTests {
  @Test func theServiceIsNobodyWithOneRight() async throws {
    let stage = try await Stage(separate: true)
    let server = try await stage.start(.aiosmtpd, introduction: .proxyV2)
    let machine = try await stage.startMachine(
      rules: rules(listen: "[\"0.0.0.0:25\", \"unix:/run/usher/door\"]", server))
    try await machine.systemctl("start", "usher.service")
    #expect(try await machine.property("StatusText") == "showing clients of smtp to their servers")
    try await deliver(stage, server)
    #expect(try await machine.status("Uid").contains(/^Uid:\s+6\d{4}\s/))
    // CAP_NET_BIND_SERVICE alone.
    #expect(try await machine.status("CapEff").hasSuffix("\t0000000000000400"))
    #expect(try await machine.status("CapBnd").hasSuffix("\t0000000000000400"))
    #expect(try await machine.status("NoNewPrivs").hasSuffix("\t1"))
    #expect(try await machine.status("Seccomp").hasSuffix("\t2"))
    try await machine.systemctl("stop", "usher.service")
    #expect(try await machine.property("Result") == "success")
    #expect(try await machine.journal().contains("stopped"))
  }

  @Test func aReloadFailsWhereTheRulesStay() async throws {
    let stage = try await Stage(separate: true)
    let server = try await stage.start(.aiosmtpd, introduction: .proxyV2)
    let right = rules(listen: "\"0.0.0.0:25\"", server)
    let machine = try await stage.startMachine(rules: right)
    try await machine.systemctl("start", "usher.service")
    let process = try await machine.property("MainPID")
    try machine.write(rules: right.replacing("grace:", with: "grase:"))
    #expect(try await machine.refuses("reload", "usher.service"))
    #expect(try await machine.journal().contains("did you mean `grace`?"))
    try await deliver(stage, server)
    try machine.write(rules: right.replacing("name: smtp", with: "name: renamed"))
    try await machine.systemctl("reload", "usher.service")
    try await until("the new rules are in force") {
      try await machine.property("StatusText") == "showing clients of renamed to their servers"
    }
    try await deliver(stage, server)
    #expect(try await machine.property("MainPID") == process)
    // What cannot be right by itself is not tried again.
    try machine.write(rules: "listeners: 5\n")
    #expect(try await machine.refuses("restart", "usher.service"))
    #expect(try await machine.property("ActiveState") == "failed")
  }

  /// The ports are systemd's: the first client starts the service, and no client is refused while it is killed or restarted.
  @Test func aSocketUnitKeepsThePortOpen() async throws {
    let stage = try await Stage(separate: true)
    let server = try await stage.start(.aiosmtpd, introduction: .proxyV2)
    let machine = try await stage.startMachine(rules: rules(listen: "\"fd:smtp\"", server))
    try await machine.systemctl("start", "usher.socket")
    #expect(try await machine.property("ActiveState") == "inactive")
    try await deliver(stage, server)
    // One name, two ports.
    for door in ["0.0.0.0:25", "[::]:25"] {
      try await until("it says that it listens") {
        try await machine.journal().contains("listening listener=smtp address=\(door)")
      }
    }
    try await machine.systemctl("kill", "--kill-whom=main", "--signal=KILL", "usher.service")
    try await deliver(stage, server)
    try await machine.systemctl("restart", "usher.service")
    try await deliver(stage, server)
  }

  private func deliver(_ stage: Stage, _ server: RunningMailServer) async throws {
    let token = UUID().uuidString
    let client = try stage.startClient(
      "swaks",
      [
        "swaks", "--server", stage.network.address, "--port", "25", "--from", "a@sender.example", "--to", "u@rcpt.test",
        "--helo", "client.example", "--header", "Subject: \(token)", "--timeout", "30",
      ])
    #expect(try await client.ended(within: .seconds(90)) == 0, "\(client.output)")
    #expect(try await server.store.message(with: token).clientAddress == stage.clientNetwork.address)
  }

  private func rules(listen: String, _ server: RunningMailServer) -> String {
    """
    listeners:
      - name: smtp
        listen: \(listen)
        dialogue: smtp
        grace: 50ms
        greeter: mta
        rules: [{ name: everyone, to: mta }]
    servers: { mta: { address: "\(server.address)", client-address: proxy-v2 } }
    settings: { state: /var/lib/usher/grace }

    """
  }
}
