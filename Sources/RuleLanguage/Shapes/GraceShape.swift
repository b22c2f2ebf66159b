// How long a silent client is waited for: one duration for everyone, or a mapping that follows the client.

import Routing

struct GraceDraft: Draft {
  var floor: Duration?
  var roundTrips: Int?
  var max: Located<Duration>?
  var learns: Located<Bool>?
  var underLoad: Located<Duration>?
}

extension Shapes {
  static let grace: Shape<GraceDraft> = Shape(
    "`grace`", from: GraceDraft.init,
    [
      Key(
        "floor", .duration(least: 0), into: \.floor, .optional("300ms"),
        "What every client is given, and all that one waits that is known to stay silent.", example: "100ms",
        synonyms: ["min", "minimum", "least"]),
      Key(
        "rtt", .count(1...100, of: "round trips"), into: \.roundTrips, .optional(nil),
        "So many round trips to the client, and 200ms, are added to the floor, for a packet that is lost: 2 survive one, "
          + "4 with room to spare.",
        example: "4", synonyms: ["round-trips", "rtts"]),
      Key(
        "max", .duration(least: 0), at: \.max, .optional("1s"), "What no client waits longer than.", example: "1s",
        synonyms: ["ceiling", "most", "maximum"]),
      Key(
        "learn", .truth, at: \.learns, .optional("false"),
        "Whether it is remembered of a client's address if it stays silent (then the floor is enough) or was greeted too early "
          + "(then it gets the maximum).", example: "true", synonyms: ["learns", "remember", "adaptive"]),
      Key(
        "under-load", .duration(least: 0), at: \.underLoad, .optional(nil),
        "What a client of whom nothing is remembered waits at most while more are waited for than half of what `limits: "
          + "connections` allows.", example: "200ms", synonyms: ["stress", "overload", "busy", "load"]),
    ])
}

extension Kind where Value == Grace {
  static let grace = Kind(expected: "a duration such as 300ms, or a mapping") { node, report in
    guard case .mapping = node.content else {
      return Kind<Duration>.duration(least: 0).read(node, report).map { .fixed($0) }
    }
    guard let draft = Shapes.grace.read(node, report) else { return nil }
    let floor = draft.floor ?? Grace.standard.floor
    let limits = [(draft.max, "the maximum"), (draft.underLoad, "the wait under load")]
    for case (let limit?, let noun) in limits where limit.value < floor {
      report.error(.badValue, limit.place, "\(noun) is less than the floor", help: "nobody waits less than the floor")
      return nil
    }
    let follows = draft.roundTrips != nil || draft.learns?.value == true
    for case (let limit?, _) in limits where !follows {
      report.warning(
        .keyWithoutUse, limit.place,
        "without `rtt` and `learn` everybody waits for the floor, so there is nothing to limit")
    }
    let longest = Swift.max(floor, draft.max?.value ?? .seconds(1))
    return Grace(
      floor: floor, roundTrips: draft.roundTrips, max: follows ? longest : floor, learns: draft.learns?.value ?? false,
      underLoad: follows ? draft.underLoad?.value : nil)
  }
}
