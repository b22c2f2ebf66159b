// Where clients arrive.

import Routing

struct ListenerDraft: Draft {
  var name: Located<String>?
  var doors: Located<[Located<Door>]>?
  var dialogue: Located<DialogueName>?
  var grace: Located<Grace>?
  var greeter: Located<String>?
  var capabilities: Located<CapabilityPolicy>?
  var startTLSWhenDown: Located<StartTLSWhenDown>?
  var maxConnections: Located<Int>?
  var maxConnectionsPerClient: Located<Int>?
  var certificates: Located<[Located<CertificateFiles>]>?
  var rules: Located<[Located<RuleDraft>]>?

  /// Whether a silent client is spoken with.
  var isMail: Bool { dialogue?.value == .smtp }
}

extension Shapes {
  static let listener: Shape<ListenerDraft> = Shape(
    "a listener", from: ListenerDraft.init,
    [
      Key(
        "name", .name, at: \.name, .required("logs, metrics and `usher explain` call it so"),
        "What logs, metrics and `usher explain` call it.", example: "smtp", synonyms: ["id", "label"]),
      Key(
        "listen", .oneOrMore(.door, "addresses"), at: \.doors, .required("it is where clients arrive"),
        "Where clients arrive: an address and port, `unix:/path`, or `fd:NAME` for a socket of the service manager.",
        example: #"[0.0.0.0:25, "[::]:25"]"#, synonyms: ["bind", "port", "address", "addresses", "ports"]),
      Key(
        "dialogue", .word, at: \.dialogue, .optional(nil),
        "What is spoken with a client that stays silent; left out, its silence goes by the rules.",
        example: "smtp", synonyms: ["dialog", "mode", "protocol"]),
      Key(
        "grace", .grace, at: \.grace, .optional("300ms"),
        "How long a silent client is waited for before it is greeted.",
        example: "{ floor: 100ms, rtt: 4, max: 1s }",
        synonyms: ["wait", "delay", "timeout", "inspect-delay", "greet-wait"]),
      Key(
        "greeter", .name, at: \.greeter, .optional(nil),
        "The server whose greeting and EHLO reply a silent client sees; left out, the server of the last rule that "
          + "names one.", example: "stunnel", synonyms: ["default", "default-server"]),
      Key(
        "capabilities", .word, at: \.capabilities, .optional("common"),
        "What the EHLO reply promises: what all servers that a plaintext client can reach have in common, or what the "
          + "greeter says.", example: "greeter", synonyms: ["extensions", "features"]),
      Key(
        "starttls-when-down", .word, at: \.startTLSWhenDown, .optional("tempfail"),
        "What a client is told of STARTTLS while no server can take it: nothing (`hide`, and it goes on in plaintext), or "
          + "454, try later.", example: "hide", synonyms: ["starttls"]),
      Key(
        "max-connections", .count(1...10_000_000, of: "connections"), at: \.maxConnections, .optional(nil),
        "Clients at once; one more hears 421 in mail, and is closed otherwise.", example: "2000",
        synonyms: ["maxconn", "connections", "limit"]),
      Key(
        "max-connections-per-client", .count(1...10_000_000, of: "connections"), at: \.maxConnectionsPerClient,
        .optional(nil), "The same of one client: an IPv4 address, or an IPv6 block of 64 bits.", example: "20",
        synonyms: ["per-client", "max-per-client", "maxconn-per-ip"]),
      Key(
        "certificates", .certificates, at: \.certificates, .optional(nil),
        "The certificates that this listener shows instead of those at the top of the file.",
        example: "[{ chain: mail.pem, key: mail.key }]", synonyms: ["certificate", "certs"]),
      Key(
        "rules", .list(.shape(rule), of: "rules"), at: \.rules,
        .required("they say which client goes where"), "Which client goes where; the first rule that matches wins.",
        example: "[{ name: all, to: mta }]", synonyms: ["rule", "routes", "route", "match"]),
    ])
}
