import Routing
import Wire

// An explanation for programs.

extension Reasoning {
  func json(_ configuration: Configuration, _ listener: Listener, ending: String?) -> JSON {
    .object([
      ("listener", .text(listener.name)),
      ("moments", .list(moments.map { .object([("name", .text($0.name)), ("client", .text($0.deed))]) })),
      ("rules", .list(reasons.map(json))),
      ("decision", json(configuration, listener)),
      ("ending", ending.map { .text($0) } ?? .null),
    ])
  }

  private func json(_ reason: Reason) -> JSON {
    let isWinner = decision == .rule(reason.index)
    return .object([
      ("name", .text(reason.rule.text)), ("answers", .list(reason.rule.answers.map(\.json))),
      ("since", .text(moments[reason.rule.since].name)), ("wins", .truth(isWinner)),
      ("why-not", isWinner ? .null : .text(whyNot(reason))),
      (
        "conditions",
        .list(
          reason.conditions.map { line in
            .object([
              ("depth", .number(line.depth)), ("condition", .text(line.text)),
              ("answers", .list(line.answers.map(\.json))), ("since", .text(moments[line.since].name)),
            ])
          })
      ),
    ])
  }

  private func json(_ configuration: Configuration, _ listener: Listener) -> JSON {
    guard case .rule(let index) = decision else {
      return .object([("decided", .text(decision == .notYet ? "not yet" : "no rule answers"))])
    }
    var members: [(String, JSON)] = [
      ("decided", .text("yes")), ("rule", .text(listener.rules.rules[index].name)),
      ("at", .text(moments[moments.count - 1].name)),
    ]
    switch listener.rules.rules[index].action {
    case .drop: members.append(("drop", .truth(true)))
    case .reject(let text, _): members.append(("reject", .text(text)))
    case .to(let server, let terminating):
      members.append(("to", .text(configuration[server].name)))
      members.append(("terminate-tls", .truth(terminating)))
    }
    let outlook = Outlook(configuration: configuration, listener: listener, moment: moments[moments.count - 1])
    members.append(("then", .list(outlook.sentences(listener.rules.rules[index].action).map { .text($0) })))
    return .object(members)
  }
}

extension Answer {
  fileprivate var json: JSON {
    switch self {
    case .yes: .text("yes")
    case .no: .text("no")
    case .notYet: .text("not yet")
    }
  }
}
