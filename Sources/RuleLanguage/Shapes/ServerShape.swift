// Where clients are shown to.

import Routing
import Wire

struct ServerDraft {
  let name: String
  /// Its name.
  let place: Place
  var address: Located<Endpoint>?
  var addresses: Located<[Located<Endpoint>]>?
  var balance: Located<Balance>?
  var tls: [Located<TLSTaking>] = []
  var clientAddress: Located<ClientAddress>?

  /// Under either key.
  var endpoints: [Located<Endpoint>] { addresses?.value ?? (address.map { [$0] } ?? []) }
}

extension Shapes {
  static let server: Shape<ServerDraft> = Shape(
    "a server",
    [
      Key(
        "address", .endpoint, at: \.address, .optional(nil),
        "Where the server is, when it is at one place.", synonyms: ["host", "port", "connect", "to", "url"]),
      Key(
        "addresses", .list(.endpoint, of: "addresses"), at: \.addresses, .optional(nil),
        "Where the server is, when it is at several places.", synonyms: ["hosts"]),
      Key(
        "balance", .word, at: \.balance, .optional("in-order"),
        "Which of its addresses is dialled: the first that answers, or the one with the fewest connections.",
        synonyms: ["policy", "lb", "load-balancing"]),
      Key(
        "tls", .oneOrMore(.taking, "`implicit` or `starttls`"), into: \.tls, .optional(nil),
        "How the server takes TLS: from the first byte, after STARTTLS, or both; left out, it takes none.",
        synonyms: ["ssl"]),
      Key(
        "client-address", .word, at: \.clientAddress, .optional(nil),
        "How the server learns who the client is; has no default where a mail dialogue can reach the server, and is "
          + "`hidden` elsewhere.", synonyms: ["proxy-protocol", "send-proxy", "proxy", "xclient"]),
    ])
}
