// Rules that send TLS where it is not taken.

import Routing

extension ListenerLint {
  /// A rule that only clients with TLS get to, with a server that does not take it so.
  func warnOfTLS(_ index: Int, _ draft: RuleDraft, _ courses: [Course]) {
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
  func refuseHiddenTLS(_ index: Int, _ draft: RuleDraft, _ courses: [Course]) {
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
}

extension TLSTaking {
  fileprivate var words: String {
    if isEmpty { return "takes no TLS" }
    return contains(.implicit) ? "takes TLS only from the first byte" : "takes TLS only after STARTTLS"
  }
}
