// What each part of a file can say well and the whole still not mean: errors that take more than one value to see.

import Routing
import Wire

/// Errors of a draft. Each of its functions looks at one thing.
struct Checks {
  let draft: FileDraft
  let report: Report

  func run() {
    for server in draft.servers { check(server) }
    checkNames()
    checkDoors()
    checkClientAddresses()
    for listener in draft.listeners { check(listener.value) }
  }

  private func check(_ listener: ListenerDraft) {
    for rule in listener.rules?.value ?? [] {
      checkAction(rule.value)
      checkReply(rule.value, in: listener)
      checkTermination(rule.value, in: listener)
    }
  }

  // MARK: Names

  private func checkNames() {
    checkUnique(draft.listeners.compactMap(\.value.name), "listener")
    for listener in draft.listeners {
      checkUnique((listener.value.rules?.value ?? []).compactMap(\.value.name), "rule of this listener")
    }
  }

  private func checkUnique(_ names: [Located<String>], _ noun: String) {
    var first: [String: Place] = [:]
    for name in names {
      if let earlier = first[name.value] {
        report.error(
          .duplicateName, name.place, "another \(noun) is called `\(name.value)`, and logs could not tell them apart",
          notes: [(earlier, "it is called so first here")])
      } else {
        first[name.value] = name.place
      }
    }
  }

  // MARK: Rules

  private func checkAction(_ rule: RuleDraft) {
    let actions = [
      rule.to.map { ("to", $0.place) }, rule.reject.map { ("reject", $0.place) }, rule.drop.map { ("drop", $0.place) },
    ].compactMap { $0 }
    if actions.isEmpty, rule.keys.isDisjoint(with: ["to", "reject", "drop"]) {
      report.error(
        .missingKey, rule.place, "the rule does not say what is done with a client",
        help: "it needs `to: SERVER`, `reject: \"554 5.7.1 No\"` or `drop: true`")
    }
    for (_, place) in actions.dropFirst() {
      report.error(
        .exclusiveKeys, place, "a rule has one action, and this one has `\(actions[0].0)` already",
        notes: [(actions[0].1, "the first action")])
    }
    if let tarpit = rule.tarpit, !rule.keys.contains("reject") {
      report.error(
        .exclusiveKeys, tarpit.place, "`tarpit` says how long a client waits for its refusal, and this rule has none",
        help: "it stands beside `reject`")
    }
    if let terminate = rule.terminateTLS, !rule.keys.contains("to") {
      report.error(
        .exclusiveKeys, terminate.place,
        "`terminate-tls` says how a client is handed to a server, and this rule names none",
        help: "it stands beside `to`")
    }
  }

  private func checkReply(_ rule: RuleDraft, in listener: ListenerDraft) {
    guard let text = rule.reject, listener.isMail, let fault = SMTPReply.fault(text.value) else { return }
    report.error(.badReply, text.place, fault, help: "as \"554 5.7.1 No\" (for good) or \"450 4.7.1 Later\" (for now)")
  }

  private func checkTermination(_ rule: RuleDraft, in listener: ListenerDraft) {
    guard let terminate = rule.terminateTLS, terminate.value, rule.to != nil else { return }
    if listener.certificates == nil, draft.certificates == nil {
      report.error(
        .noCertificate, terminate.place,
        "to speak TLS usher needs a certificate, and neither the listener nor the file has one",
        help: "certificates: [{ chain: /etc/ssl/mail.pem, key: /etc/ssl/private/mail.key }]")
    }
  }

  // MARK: Doors

  private func checkDoors() {
    var first: [Door: Place] = [:]
    for door in draft.listeners.flatMap({ $0.value.doors?.value ?? [] }) {
      if let earlier = first[door.value] {
        report.error(
          .duplicateDoor, door.place, "this is listened at already", notes: [(earlier, "by this")])
      } else {
        first[door.value] = door.place
      }
    }
    for server in draft.servers {
      for end in server.endpoints { checkLoop(end, first) }
    }
  }

  /// usher would be its own client.
  private func checkLoop(_ end: Located<Endpoint>, _ doors: [Door: Place]) {
    for (door, place) in doors.sorted(by: { $0.value.start < $1.value.start }) {
      guard case .endpoint(let listening) = door, listening.reaches(end.value) else { continue }
      report.error(
        .loop, end.place, "at \(end.value) usher would find itself", help: "the server needs a port of its own",
        notes: [(place, "usher listens here")])
      return
    }
  }
}

extension Endpoint {
  /// Whether a client that connects there arrives at a door that listens here.
  fileprivate func reaches(_ target: Endpoint) -> Bool {
    if self == target { return true }
    guard case .tcp(let address, let port) = self, case .tcp(let there, port) = target else { return false }
    // `[::]` takes IPv4 too, unless the system was told otherwise; a loopback address is this machine for certain.
    return port != 0 && address.isUnspecified && there.isLoopback
      && (address.family == there.family || address.family == .v6)
  }
}
