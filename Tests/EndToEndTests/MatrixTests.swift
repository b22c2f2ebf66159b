import Testing

/// Every client, by every way it has, before every server, in every topology: the message is in the right store, and says
/// who sent it; and the client has heard what it hears without usher, but for what is expected.
@Suite(.withMailServers, .inTurn(taking: 2), .inEveryRelayMode)
struct MatrixTests {
  private static let heardDirectly = Once<[String], Transcript>()

  @Test(arguments: Cell.all)
  func delivered(cell: Cell) async throws {
    let town = try await Town.of(cell.serverName)
    let (server, client) = town.destination(cell.topology, cell.way)
    let through = try await town.sends(cell, to: town.port(cell.topology, cell.way), server, seenFrom: client)
    let direct = try await Self.heardDirectly.value(cell.withoutUsher) { try await town.sendsDirectly(cell) }
    let surprises = Difference.between(direct, through, in: cell.situation)
      .filter { $0.row == nil }.map(\.line)
    #expect(surprises == [], "\(direct)\n\n\(through)\n\n\(town.usher(cell.topology).child.output)")
    #expect(direct.replies == through.replies)
    Matrix.delivered(cell)
  }
}

extension Town {
  /// What the client of that cell hears without usher.
  fileprivate func sendsDirectly(_ cell: Cell) async throws -> Transcript {
    let client = (cell.way == .plain ? stage.clientNetwork : stage.network).address
    return try await sends(cell, to: direct(cell.way), behind, seenFrom: client)
  }

  /// - Returns: what the client has heard, when its message is in that server's store and says who sent it.
  fileprivate func sends(
    _ cell: Cell, to port: Int, _ server: RunningMailServer, seenFrom client: String
  ) async throws -> Transcript {
    let attempt = try await stage.send(with: cell.client, cell.way, to: port)
    try #require(attempt.exitCode == 0, "\(attempt)")
    let message = try await server.store.message(with: attempt.letter.token)
    #expect(message.helo == "client.example")
    #expect(message.clientAddress == client)
    #expect(message.field("Return-Path") == "<a@sender.example>")
    let heard = Transcript(ofClient: attempt.output)
    // At least MAIL, RCPT, DATA and the message itself were answered.
    #expect(heard.replies > 4, "\(attempt)")
    return heard
  }
}

/// One question to the matrix.
struct Cell: Sendable, Hashable, CustomTestStringConvertible {
  let serverName: String
  let clientName: String
  let topology: Topology
  let way: Way

  static let clients = MailClient.all + [.muttTLS, .sNailTLS, .postfix, .exim]
  /// The servers take turns.
  static let all: [Cell] = Topology.allCases.flatMap { topology in
    clients.flatMap { client in
      Way.allCases.filter(client.ways.contains).flatMap { way in
        MailServer.all.map { Cell(serverName: $0.name, clientName: client.name, topology: topology, way: way) }
      }
    }
  }

  var client: MailClient { Self.clients.first { $0.name == clientName && $0.ways.contains(way) }! }
  /// The same for all topologies.
  var withoutUsher: [String] { [serverName, clientName, way.rawValue] }
  var situation: Situation { Situation(server: serverName, topology: topology, way: way) }
  var testDescription: String { "\(clientName), \(way.rawValue) → \(topology.rawValue) → \(serverName)" }
}
