import Dialogues
import Kernel
import Routing
import TLS
import Wire

// What a visit means, in plain words. Each is a finding; errors are what will go wrong with clients.

extension VisitReport {
  /// - Parameter isExposed: whether strangers can reach the server by a listener that is not on loopback.
  func findings(isExposed: Bool) -> [Finding] {
    if let failure { return progress + [Finding(severity: .error, message: words(failure))] }
    return progress
      + [tlsFinding, addressFinding, impostorFinding(isExposed), relayFinding(isExposed)].compactMap { $0 }
  }

  private var progress: [Finding] {
    guard let connectedAfter else { return [] }
    var findings = [note("is there: connected in \(connectedAfter.millisecondsText) ms")]
    if let greeting, let greetedAfter {
      findings.append(note("greets \(visit.way.greeting) in \(greetedAfter.millisecondsText) ms: \(greeting.text)"))
    }
    if let promises = capabilities?.words { findings.append(note("promises \(visit.way.words): \(promises)")) }
    return findings
  }

  private func note(_ message: String) -> Finding { Finding(severity: .note, message: message) }

  // MARK: - TLS

  private var tlsFinding: Finding? {
    guard let tls else { return nil }
    let taken = visit.way == .implicit ? "takes TLS at once" : "takes STARTTLS"
    guard let certificate = tls.certificate else { return note("\(taken): \(tls.version), without a certificate") }
    let names = certificate.names.isEmpty ? certificate.subject : certificate.names.joined(separator: ", ")
    let left = (certificate.validUntil - Int(WallTime.now.milliseconds / 1000)) / 86_400
    let until = left < 0 ? "EXPIRED on \(certificate.expiry)" : "until \(certificate.expiry) (\(left) days)"
    let trust = tls.distrust.map { "; not trusted here: \($0)" } ?? ""
    return Finding(
      severity: left < 14 ? .warning : .note,
      message: "\(taken): \(tls.version), certificate for \(names.printable) \(until)\(trust)")
  }

  // MARK: - The client's address

  private var addressFinding: Finding? {
    guard visit.isMail else { return nil }
    let evidence = helloReply.map { String(decoding: $0.firstLine, as: UTF8.self) } ?? ""
    let isShown = evidence.contains("\(Visit.stranger)") ? ", and says so: \(evidence.printable)" : ""
    return switch visit.server.clientAddress {
    case .proxyV1, .proxyV2: note("takes the client's address by the PROXY protocol\(isShown)")
    case .xclient: note("takes the client's address by XCLIENT\(isShown)")
    case .transparent: note("answers to the client's own address: the routing for transparent works")
    case .hidden:
      Finding(severity: .warning, message: "sees usher's address in place of the client's (client-address: hidden)")
    }
  }

  // MARK: - Strangers

  /// Who is granted XCLIENT is whoever it says, and usher passes on what clients say.
  private func impostorFinding(_ isExposed: Bool) -> Finding? {
    guard visit.isMail, capabilities?.promises("XCLIENT") == true else { return nil }
    let cure = visit.server.clientAddress == .hidden ? "; say client-address: xclient, or take that from it" : ""
    return Finding(
      severity: isExposed ? .error : .warning,
      message: "LETS STRANGERS SAY WHO THEY ARE \(visit.way.words): it offers XCLIENT to \(stranger)\(cure)")
  }

  private func relayFinding(_ isExposed: Bool) -> Finding? {
    switch relay {
    case .takes(let reply):
      Finding(
        severity: isExposed ? .error : .warning,
        message: "WOULD RELAY FOR STRANGERS \(visit.way.words): RCPT TO:<\(Visit.recipient)> of \(stranger) "
          + "was answered \(reply)")
    case .refuses(let reply):
      note("does not relay for strangers \(visit.way.words): \(reply)")
    case .unknown(let reason):
      Finding(
        severity: .warning, message: "could not be asked whether it relays for strangers \(visit.way.words): \(reason)")
    case nil: nil
    }
  }

  private var stranger: String {
    visit.server.clientAddress == .hidden
      ? "a client that it takes for usher's host" : "a client from \(Visit.stranger)"
  }

  // MARK: - What went wrong

  private func words(_ failure: VisitFailure) -> String {
    switch failure.step {
    case .connection: "cannot be reached: \(failure.reason)\(transparentHint)"
    case .tls: "does not take TLS \(visit.way == .implicit ? "at once" : "after STARTTLS"): \(failure.reason)"
    case .greeting where visit.way == .implicit: "did not greet inside TLS: \(failure.reason)\(greetingHint(failure))"
    case .greeting: "did not greet: \(failure.reason)\(greetingHint(failure))"
    case .hello: "did not take EHLO: \(failure.reason)\(headerHint)"
    case .startTLS: "does not take STARTTLS: \(failure.reason)"
    }
  }

  private var transparentHint: String {
    guard visit.server.clientAddress == .transparent else { return "" }
    return "; client-address: transparent needs CAP_NET_ADMIN, and routing that brings the server's answers back here"
  }

  private func greetingHint(_ failure: VisitFailure) -> String {
    switch visit.server.clientAddress {
    // What it says behind its greeting is its reply to the header.
    case _ where failure.refusal == .chatter(.greeting): headerHint
    case .proxyV1, .proxyV2: failure.hasClosed ? "; does it expect the PROXY header, of that version?" : ""
    case .xclient where failure.refusal == .noXCLIENT: "; Postfix grants it by smtpd_authorized_xclient_hosts"
    case .hidden, .xclient, .transparent:
      // Postfix says 421 when it has waited in vain, others close or keep silent.
      failure.isTimeout || failure.hasClosed || failure.code == 421
        ? "; does it wait for a PROXY header? Then say client-address: proxy-v2" : ""
    }
  }

  /// A server that was not told to expect the header answers it as a command.
  private var headerHint: String {
    switch visit.server.clientAddress {
    case .proxyV1, .proxyV2: "; it seems to take the PROXY header for a command: it must be told to expect one"
    default: ""
    }
  }
}

extension VisitFailure {
  /// Of the reply by which it was refused.
  fileprivate var code: Int? {
    if case .reply(let reply, _) = refusal { reply.code } else { nil }
  }
}

extension Way {
  fileprivate var greeting: String { self == .implicit ? "inside TLS" : "in plaintext" }
}

extension Capabilities {
  /// As one line.
  var words: String {
    extensions.isEmpty ? "nothing" : extensions.map(\.text).joined(separator: ", ")
  }
}

extension Capabilities.Extension {
  /// With its parameters.
  var text: String { ([keyword] + parameters).joined(separator: " ").printable }
}
