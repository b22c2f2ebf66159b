// Which client goes where.

import Routing

struct RuleDraft: Draft {
  private(set) var place = Place(0, 0)
  /// Its keys, readable or not.
  private(set) var keys: Set<String> = []
  var name: Located<String>?
  var when: Located<LocatedCondition>?
  var to: Located<String>?
  var reject: Located<String>?
  var tarpit: Located<Duration>?
  var drop: Located<Bool>?
  var terminateTLS: Located<Bool>?

  mutating func wasRead(from place: Place, keys: Set<String>) {
    self.place = place
    self.keys = keys
  }
}

extension Shapes {
  static let rule: Shape<RuleDraft> = Shape(
    "a rule", from: RuleDraft.init,
    [
      Key(
        "name", .name, at: \.name, .required("logs, metrics and `usher explain` call it so"),
        "What logs, metrics and `usher explain` call it.", example: "partners", synonyms: ["id", "label"]),
      Key(
        "when", .when, at: \.when, .optional(nil),
        "The conditions, all of which must hold; left out, the rule matches everyone.",
        example: "{ tls: true }", synonyms: ["if", "match", "matches", "condition", "conditions", "where"]),
      Key(
        "to", .name, at: \.to, .optional(nil), "Hand the client to that server.",
        example: "mta", synonyms: ["server", "target", "backend", "use", "proxy", "upstream", "then"]),
      Key(
        "reject", .text("a text"), at: \.reject, .optional(nil),
        "Say that in the listener's protocol, then close; in a mail dialogue it is an SMTP reply such as "
          + "\"554 5.7.1 No\".", example: "554 5.7.1 No", synonyms: ["deny", "refuse", "block"]),
      Key(
        "tarpit", .duration(), at: \.tarpit, .optional(nil),
        "Beside `reject`: the client waits so long to hear it, as early talkers deserve.", example: "10s",
        synonyms: ["delay", "sleep"]),
      Key(
        "drop", .yes, at: \.drop, .optional(nil), "Close without a word.", example: "true",
        synonyms: ["close", "silence"]),
      Key(
        "terminate-tls", .truth, at: \.terminateTLS, .optional("false"),
        "Beside `to`: usher itself speaks TLS with the client, and the server gets plaintext.",
        example: "true", synonyms: ["tls-terminate", "terminate", "offload"]),
    ])
}
