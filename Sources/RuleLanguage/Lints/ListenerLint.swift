// Warnings about the rules of one listener: each rule is tried on every course that a client can take.

import Routing
import Wire

struct ListenerLint {
  let draft: ListenerDraft
  let listener: Listener
  let configuration: Configuration
  let report: Report

  var dialogue: Bool { listener.dialogue != nil }
  var courses: [Course] { Course.all(dialogue: dialogue) }
  var rules: [Rule] { listener.rules.rules }
  /// As `rules`.
  var drafts: [RuleDraft] { (draft.rules?.value ?? []).map(\.value) }

  func run() {
    let drafts = self.drafts
    let reachability = Reachability(rules, courses)
    for index in rules.indices {
      warnOfUnknowable(drafts[index].when?.value)
      warnOfDead(index, drafts, reachability)
      warnOfTLS(index, drafts[index], reachability.courses[index])
      refuseHiddenTLS(index, drafts[index], reachability.courses[index])
    }
    warnOfUnanswered(reachability)
    warnOfKeysWithoutUse()
    warnOfLimits()
    warnOfAddressFamilies()
  }

  // MARK: Rules that never match

  private func warnOfDead(_ index: Int, _ drafts: [RuleDraft], _ reachability: Reachability) {
    let (draft, name) = (drafts[index], rules[index].name)
    if reachability.possible[index].isEmpty {
      guard let when = draft.when, !hasUnknowable(when.value) else { return }
      report.warning(
        .contradiction, when.place, "no client meets all conditions of `\(name)`: they exclude each other")
    } else if reachability.courses[index].isEmpty {
      let takers = reachability.takers(of: index)
      warnOfShadow(index, drafts, takers)
    } else if let taker = reachability.shadow(of: index) {
      warnOfShadow(index, drafts, [taker])
    }
  }

  private func warnOfShadow(_ index: Int, _ drafts: [RuleDraft], _ takers: [Int]) {
    let names = takers.map { "`\(rules[$0].name)`" }
    report.warning(
      .neverMatches, drafts[index].place,
      "`\(rules[index].name)` never matches: every client that it could match is taken by \(enumeration(names)) before",
      help: "move it up, or remove it",
      notes: takers.map { (drafts[$0].place, drafts[$0].when == nil ? "this takes everyone" : "this takes them") })
  }

  // MARK: Conditions that are never known

  private func warnOfUnknowable(_ condition: LocatedCondition?) {
    guard let condition else { return }
    for part in condition.parts { warnOfUnknowable(part) }
    guard case .test(let test) = condition.condition else { return }
    if case .command(let verbs) = test { warnOfVerbs(verbs, condition.place) }
    guard isUnknowable(condition) else { return }
    report.warning(
      .neverKnown, condition.place, "`\(condition.key): \(test.wanted)` never holds here: \(reason(test))",
      help: dialogue ? nil : "`dialogue: smtp` in the listener has silent clients of mail spoken with")
  }

  private func warnOfVerbs(_ verbs: [String], _ place: Place) {
    for verb in verbs where !Verbs.known.contains(verb) {
      report.warning(
        .unknownVerb, place, "SMTP has no command `\(verb)` that usher knows of",
        help: Verbs.known.suggestion(for: verb))
    }
  }

  private func isUnknowable(_ condition: LocatedCondition) -> Bool {
    courses.allSatisfy { condition.condition.answer($0) == .no }
  }

  private func hasUnknowable(_ condition: LocatedCondition) -> Bool {
    if case .test = condition.condition { return isUnknowable(condition) }
    return condition.parts.contains(where: hasUnknowable)
  }

  private func reason(_ test: Test) -> String {
    if case .command = test, dialogue { return "usher answers such commands itself, and goes on listening" }
    return "it comes up in a dialogue, and the listener has none"
  }

  // MARK: TLS that nobody takes

  /// A rule that only clients with TLS get to, with a server that does not take it so.
  private func warnOfTLS(_ index: Int, _ draft: RuleDraft, _ courses: [Course]) {
    guard case .to(let id, let terminates) = rules[index].action, !courses.isEmpty else { return }
    let encrypted = courses.filter { $0 == .tls || $0 == .startTLS }
    if terminates {
      guard encrypted.isEmpty, let place = draft.terminateTLS?.place else { return }
      report.warning(
        .keyWithoutUse, place, "`\(rules[index].name)` is never met by a client with TLS, so there is none to terminate"
      )
      return
    }
    guard encrypted.count == courses.count, let to = draft.to else { return }
    let server = configuration[id]
    let refused = encrypted.filter { !server.tls.contains($0 == .tls ? .implicit : .startTLS) }
    for course in refused {
      report.warning(
        .tlsMismatch, to.place,
        "a client that \(course.words) is sent to `\(server.name)`, which \(server.tls.words), and is refused",
        help: "`terminate-tls: true` has usher speak TLS with it; if the server does, it says so by `tls: "
          + "\(course == .tls ? "implicit" : "starttls")`")
    }
  }

  /// XCLIENT is said in plaintext; into the TLS of the client nothing can be said.
  private func refuseHiddenTLS(_ index: Int, _ draft: RuleDraft, _ courses: [Course]) {
    guard case .to(let id, terminatingTLS: false) = rules[index].action, let to = draft.to, courses.contains(.tls)
    else {
      return
    }
    let server = configuration[id]
    guard server.tls.contains(.implicit), server.clientAddress == .xclient else { return }
    report.error(
      .impossibleAddress, to.place,
      "a client that begins with TLS is passed on to `\(server.name)` as it is, and XCLIENT cannot be said inside of its TLS",
      help: "`client-address: proxy-v2` or `transparent` says it outside; or `terminate-tls: true`")
  }

  // MARK: Clients without an answer

  private func warnOfUnanswered(_ reachability: Reachability) {
    guard let last = drafts.last else { return }
    var words: [String] = []
    for course in courses where !reachability.isAnswered(course) {
      let word = course.words
      if !words.contains(word) { words.append(word) }
    }
    guard !words.isEmpty else { return }
    report.warning(
      .unanswered, last.place,
      "behind this rule a client that \(enumeration(words, "or")) can be left without an answer",
      help: "end with a rule that has no `when`; it can `reject` or `drop`")
  }

  // MARK: Keys that change nothing

  private func warnOfKeysWithoutUse() {
    guard !dialogue else { return }
    let keys = [
      draft.greeter.map { ("greeter", $0.place) }, draft.capabilities.map { ("capabilities", $0.place) },
      draft.startTLSWhenDown.map { ("starttls-when-down", $0.place) },
    ].compactMap { $0 }
    for (name, place) in keys {
      report.warning(
        .keyWithoutUse, place, "`\(name)` is about greeted clients, and this listener greets none",
        help: "add `dialogue: smtp`, or remove it")
    }
  }

  /// A limit that another one is always below.
  private func warnOfLimits() {
    let all = configuration.settings.limits.connections
    if let limit = draft.maxConnections, limit.value > all {
      report.warning(
        .keyWithoutUse, limit.place, "the process takes \(all) connections, so this many never come",
        help: "`connections` is under `limits` in `settings`")
    }
    guard let limit = draft.maxConnectionsPerClient, limit.value > draft.maxConnections?.value ?? all else { return }
    report.warning(.keyWithoutUse, limit.place, "all clients together have no more than that, so one never has")
  }

  /// From an IPv6 address only an IPv6 address can be dialled.
  private func warnOfAddressFamilies() {
    var seen: Set<String> = []
    for use in draft.uses where seen.insert(use.value).inserted {
      guard let server = configuration.servers.first(where: { $0.name == use.value }),
        server.clientAddress == .transparent
      else { continue }
      for door in draft.doors?.value ?? [] {
        guard case .endpoint(.tcp(let address, _)) = door.value,
          !server.addresses.contains(where: { $0.ip?.family == address.family })
        else { continue }
        let family = address.family == .v4 ? "IPv4" : "IPv6"
        report.warning(
          .addressFamily, door.place,
          "clients of \(family) cannot be shown to `\(server.name)`: it is dialled from their address, and has none of \(family)",
          help: "give the server an \(family) address too, or another `client-address`",
          notes: [(use.place, "they are sent there here")])
      }
    }
  }
}

extension TLSTaking {
  fileprivate var words: String {
    if isEmpty { return "takes no TLS" }
    return contains(.implicit) ? "takes TLS only from the first byte" : "takes TLS only after STARTTLS"
  }
}
