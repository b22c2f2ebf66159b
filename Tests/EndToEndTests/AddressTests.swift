import Foundation
import Testing

/// Every way to tell a server who the client is, with every server that understands it: the server sees the client's
/// address, and does not relay for it.
@Suite(.withMailServers, .inTurn, .inEveryRelayMode)
struct AddressTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let server: MailServer
    let introduction: MailServer.Introduction
    var testDescription: String { "\(introduction.rawValue) to \(server.name)" }
  }

  static let rows = MailServer.all.flatMap { server in
    // postscreen knows no XCLIENT; the smtpd behind it would.
    let known = server.introductions.subtracting(server.name == "postscreen" ? [.xclient] : [])
    return (known.sorted { $0.rawValue < $1.rawValue } + [.transparent, .hidden]).map {
      Row(server: server, introduction: $0)
    }
  }

  @Test(arguments: rows)
  func serverSeesTheClient(row: Row) async throws {
    let stage = try await Stage(separate: true)
    let server = try await stage.start(row.server, introduction: row.introduction)
    if row.introduction == .transparent {
      try await stage.network.bringsAnswersBack(from: server.port, stage.folder)
    }
    let port = Port.free()
    let rules = Rules.mail(
      .terminate, listen: "\(stage.network.address):\(port)", stunnel: "", beside: server.address,
      introduction: row.introduction, certificate: try await Certificate.shared.value)
    let usher = try await stage.startUsher(rules, ports: [port])
    for way in Way.allCases {
      let attempt = try await stage.send(with: .swaks, way, to: usher.port)
      try #require(attempt.exitCode == 0, "\(way) \(attempt)\n\(usher.child.output)")
      let message = try await server.store.message(with: attempt.letter.token)
      #expect(message.clientAddress == (row.introduction == .hidden ? stage.network : stage.clientNetwork).address)
      #expect(message.helo == "client.example")
    }
  }
}
