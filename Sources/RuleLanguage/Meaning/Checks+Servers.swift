// Where a server is, and how it learns who the client is.

import Routing

extension Checks {
  func check(_ server: ServerDraft) {
    if let address = server.address, let addresses = server.addresses {
      report.error(
        .exclusiveKeys, addresses.place, "a server has `address` or `addresses`, not both",
        help: "put all of them into `addresses`", notes: [(address.place, "the other one")])
    }
    if server.endpoints.isEmpty, server.keys.isDisjoint(with: ["address", "addresses"]) {
      report.error(
        .missingKey, server.place, "the server `\(server.name)` needs `address`: it is where clients are shown to",
        help: "as 127.0.0.1:2525 or unix:/run/name.sock")
    }
    guard let way = server.clientAddress, way.value == .transparent else { return }
    for end in server.endpoints where end.value.ip == nil {
      report.error(
        .impossibleAddress, end.place, "nobody can be dialled at a Unix socket from the client's own address",
        help: "with `transparent` a server has an address and a port", notes: [(way.place, "this asks for it")])
    }
  }

  func checkClientAddresses() {
    var servers: [String: ServerDraft] = [:]
    for server in draft.servers { servers[server.name] = server }
    var asked: Set<String> = []
    for listener in draft.listeners {
      for use in listener.value.uses {
        guard let server = servers[use.value] else { continue }
        if listener.value.isMail, server.clientAddress == nil, !server.keys.contains("client-address"),
          asked.insert(server.name).inserted
        {
          refuseOpenRelay(server, use.place)
        }
        checkWay(server, use, listener.value)
      }
    }
  }

  /// It has no default: a mail server that sees every client as 127.0.0.1 relays for the whole world (Postfix, Exim,
  /// OpenSMTPD and sendmail do, as Debian ships them).
  private func refuseOpenRelay(_ server: ServerDraft, _ use: Place) {
    report.error(
      .openRelay, server.place,
      "`\(server.name)` needs `client-address`: a mail server that sees every client as 127.0.0.1 relays for the whole world",
      help:
        "proxy-v2 (Postfix, Exim, OpenSMTPD), xclient (Postfix), proxy-v1, transparent (any server), or hidden, if it trusts "
        + "no address", notes: [(use, "mail clients are sent to it here")])
  }

  /// Ways that a listener cannot go.
  private func checkWay(_ server: ServerDraft, _ use: Located<String>, _ listener: ListenerDraft) {
    guard let way = server.clientAddress else { return }
    if way.value == .xclient, !listener.isMail {
      report.error(
        .impossibleAddress, use.place, "`\(server.name)` is told the client's address by XCLIENT, which only SMTP has",
        help: "give the listener `dialogue: smtp`, or the server another `client-address`",
        notes: [(way.place, "this asks for it")])
    }
    guard way.value == .transparent else { return }
    for door in listener.doors?.value ?? [] {
      guard case .endpoint(.unix) = door.value else { continue }
      report.error(
        .impossibleAddress, use.place,
        "a client of a Unix socket has no address from which `\(server.name)` could be dialled",
        notes: [(door.place, "such clients arrive here"), (way.place, "and this asks for it")])
    }
  }
}

extension ListenerDraft {
  /// Where it names servers.
  var uses: [Located<String>] { [greeter].compactMap { $0 } + (rules?.value ?? []).compactMap(\.value.to) }
}
