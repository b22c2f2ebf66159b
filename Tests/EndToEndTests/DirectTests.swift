import Testing

/// Every server and every client without usher: what the other scenarios are compared with.
@Suite(.withMailServers, .inTurn)
struct DirectTests {
  @Test(arguments: MailServer.all)
  func serverStoresWhatIsSent(server: MailServer) async throws {
    let stage = try await Stage()
    let running = try await stage.start(server)
    let attempt = try await stage.send(with: .smtplib, .plain, to: running.port)
    #expect(attempt.exitCode == 0, "\(attempt)")
    let message = try await running.store.message(with: attempt.letter.token)
    #expect(message.helo == "client.example")
    #expect(message.clientAddress == "127.0.0.1")
    #expect(message.body == "Hello.\n")
  }

  @Test(arguments: MailClient.all + [.muttTLS, .sNailTLS, .postfix, .exim])
  func clientIsServed(client: MailClient) async throws {
    let stage = try await Stage(separate: true)
    let server = try await stage.start(.postfix)
    let stunnel = try await stage.startStunnel(before: server.address)
    for way in Way.allCases where client.ways.contains(way) {
      let port =
        switch way {
        case .plain: server.port
        case .startTLS: stunnel.port
        // With `protocol = smtp` it would greet a client that has not begun after 200 ms.
        case .implicit: stunnel.implicitPort
        }
      let attempt = try await stage.send(with: client, way, to: port)
      #expect(attempt.exitCode == 0, "\(way) \(attempt)")
      let message = try await server.store.message(with: attempt.letter.token)
      #expect(message.helo == "client.example")
      #expect(message.clientAddress == (way == .plain ? "10.250.0.2" : "10.250.0.1"))
    }
  }
}
