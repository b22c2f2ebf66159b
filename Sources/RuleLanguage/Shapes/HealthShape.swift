// How the addresses of a server are found up or down.

import Routing

extension Health: Draft {}

extension Shapes {
  static let health: Shape<Health> = Shape(
    "`health`", from: Health.init,
    [
      Key(
        "check", .word, into: \.check, .optional("none"),
        "What an address is asked when no client asks: nothing, a connection, or a connection, its SMTP greeting (220) and its "
          + "answer to EHLO (250).", example: "greeting", synonyms: ["type", "probe", "option"]),
      Key(
        "every", .duration(least: 100), into: \.every, .optional("10s"), "From one question to the next.",
        example: "30s",
        synonyms: ["interval", "inter", "period"]),
      Key(
        "timeout", .duration(), into: \.timeout, .optional("5s"), "For the connection and what is asked over it.",
        example: "3s"),
      Key(
        "down-after", .count(1...100, of: "failures"), into: \.downAfter, .optional("3"),
        "So many failures in a row make an address down.", example: "2", synonyms: ["fall", "max-fails", "unhealthy"]),
      Key(
        "up-after", .count(1...100, of: "successes"), into: \.upAfter, .optional("2"),
        "So many successes in a row make it up again.", example: "1", synonyms: ["rise", "passes", "healthy"]),
    ])
}
