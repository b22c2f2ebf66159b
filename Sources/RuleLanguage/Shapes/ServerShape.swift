// Where clients are shown to.

import Routing
import Wire

struct ServerDraft: Draft {
  let name: String
  /// Its name.
  let place: Place
  var address: Located<Endpoint>?
  var addresses: Located<[Located<Endpoint>]>?
  var balance: Located<Balance>?
  var tls: [Located<TLSTaking>] = []
  var clientAddress: Located<ClientAddress>?
  var maxConnections: Int?
  var health = Health()

  /// Its keys, readable or not.
  private(set) var keys: Set<String> = []

  init(name: String, place: Place) {
    self.name = name
    self.place = place
  }

  /// The same, of which nothing is known: nothing is said to be missing from it.
  var unread: ServerDraft {
    var draft = self
    draft.keys = ["address", "client-address"]
    return draft
  }

  mutating func wasRead(from place: Place, keys: Set<String>) { self.keys = keys }

  /// Under either key.
  var endpoints: [Located<Endpoint>] { addresses?.value ?? (address.map { [$0] } ?? []) }
}

extension Shapes {
  static let server: Shape<ServerDraft> = Shape(
    "a server", from: { ServerDraft(name: "", place: Place(0, 0)) },
    [
      Key(
        "address", .endpoint, at: \.address, .optional(nil),
        "Where the server is, when it is at one place.", example: "127.0.0.1:2525",
        synonyms: ["host", "port", "connect", "to", "url"]),
      Key(
        "addresses", .list(.endpoint, of: "addresses"), at: \.addresses, .optional(nil),
        "Where the server is, when it is at several places.", example: "[127.0.0.1:2601, unix:/run/mta.sock]",
        synonyms: ["hosts"]),
      Key(
        "balance", .word, at: \.balance, .optional("in-order"),
        "Which of its addresses is dialled: the first that answers, or the one with the fewest connections.",
        example: "least-connections", synonyms: ["policy", "lb", "load-balancing"]),
      Key(
        "tls", .oneOrMore(.taking, "`implicit` or `starttls`"), into: \.tls, .optional(nil),
        "How the server takes TLS: from the first byte, after STARTTLS, or both; left out, it takes none.",
        example: "[implicit, starttls]", synonyms: ["ssl"]),
      Key(
        "client-address", .word, at: \.clientAddress, .optional(nil),
        "How the server learns who the client is; has no default where a mail dialogue can reach the server, and is "
          + "`hidden` elsewhere.", example: "proxy-v2", synonyms: ["proxy-protocol", "send-proxy", "proxy", "xclient"]),
      Key(
        "max-connections", .count(1...10_000_000, of: "connections"), into: \.maxConnections, .optional(nil),
        "Connections to it at once, all its addresses together; one more is answered as if it were down.",
        example: "100",
        synonyms: ["maxconn", "connections", "limit"]),
      Key(
        "health", .shape(health), into: \.health, .optional(nil),
        "How its addresses are found up or down; left out, the connections of clients tell.",
        example: "{ check: greeting }", synonyms: ["healthcheck", "health-check", "check"]),
    ])
}
