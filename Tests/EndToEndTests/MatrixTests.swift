import Foundation
import Synchronization
import Testing

/// Every client, by every way it has, before every server, in every topology: the message is in the right store, and says
/// who sent it.
@Suite(.withMailServers, .inTurn, .inEveryRelayMode)
struct MatrixTests {
  @Test(arguments: Cell.all)
  func delivered(cell: Cell) async throws {
    let town = try await Town.of(cell.server)
    let usher = town.usher(cell.topology)
    let attempt = try await town.stage.send(with: cell.client, cell.way, to: usher.port)
    try #require(attempt.exitCode == 0, "\(attempt)\n\(usher.child.output)")
    let (server, client) = town.destination(cell.topology, cell.way)
    let message = try await server.store.message(with: attempt.letter.token)
    #expect(message.helo == "client.example")
    #expect(message.clientAddress == client)
    #expect(message.field("Return-Path") == "<a@sender.example>")
    Cell.delivered(cell)
  }
}

/// One question to the matrix.
struct Cell: Sendable, Hashable, CustomTestStringConvertible {
  let serverName: String
  let clientName: String
  let topology: Topology
  let way: Way

  static let servers: [MailServer] = [.postfix, .postscreen, .exim, .opensmtpd, .sendmail, .aiosmtpd]
  static let clients = MailClient.all + [.muttTLS, .sNailTLS, .postfix, .exim]
  static let all: [Cell] = servers.flatMap { server in
    Topology.allCases.flatMap { topology in
      clients.flatMap { client in
        Way.allCases.filter(client.ways.contains).map {
          Cell(serverName: server.name, clientName: client.name, topology: topology, way: $0)
        }
      }
    }
  }

  var server: MailServer { Self.servers.first { $0.name == serverName }! }
  var client: MailClient { Self.clients.first { $0.name == clientName && $0.ways.contains(way) }! }
  var testDescription: String { "\(clientName), \(way.rawValue) → \(topology.rawValue) → \(serverName)" }
}
