import Foundation
import Testing

// The mail servers that people run, one row each. They accept mail for rcpt.test, put it where a test can read it, and relay for
// this machine only, as Debian sets them up. Of what servers refuse each refuses something: unknown@rcpt.test; the
// senders rejected@, grey@ (come again) and member@sender.example (who must authenticate); and messages over 200,000 bytes.

/// A kind of mail server, with what it takes to run it.
struct MailServer: Sendable, CustomTestStringConvertible {
  let name: String
  /// Of `scripts/server-image`; nil runs on the machine itself.
  let image: String?
  /// How it can be told who the client is, beside `hidden` and `transparent`.
  let introductions: Set<Introduction>
  /// The shell script that sets it up and becomes it.
  let script: @Sendable (Site) -> String

  var testDescription: String { name }

  static let all: [MailServer] = [.postfix, .postscreen, .exim, .opensmtpd, .sendmail, .aiosmtpd]

  /// How a server learns who the client is: `client-address` in the rules file.
  enum Introduction: String, Sendable {
    case proxyV1 = "proxy-v1"
    case proxyV2 = "proxy-v2"
    case xclient
    case transparent
    case hidden
  }

  /// What a script is told.
  struct Site: Sendable {
    let address: String
    let port: Int
    /// For whatever it needs; the same inside and outside of an image.
    let folder: String
    /// Set when the server is to expect PROXY headers or grant XCLIENT.
    let introduction: Introduction
    /// Set when it is to offer STARTTLS.
    let certificate: Certificate?
    /// More lines for its main configuration.
    let extra: String

    /// The maildir, or a folder with mailboxes, in the end.
    var store: String { folder + "/store" }
  }
}

/// A mail server at work.
struct RunningMailServer: Sendable {
  let kind: MailServer
  let child: Child
  let site: MailServer.Site
  var port: Int { site.port }
  var address: String { site.address.contains(":") ? "[\(site.address)]:\(port)" : "\(site.address):\(port)" }
  var store: Store { Store(folder: URL(filePath: site.store), log: child) }
}

extension Stage {
  /// Starts a mail server, and returns when it listens: at the network's address, if no other is said.
  func start(
    _ kind: MailServer, introduction: MailServer.Introduction = .hidden, certificate: Certificate? = nil,
    extra: String = "", port: Int = Port.free(), address: String? = nil
  ) async throws -> RunningMailServer {
    let folder = try subfolder(kind.name)
    let site = MailServer.Site(
      address: address ?? network.address, port: port, folder: folder.path, introduction: introduction,
      certificate: try certificate?.copied(to: folder), extra: extra)
    try FileManager.default.createDirectory(atPath: site.store, withIntermediateDirectories: true)
    chmod(site.store, 0o777)
    let script = folder.appending(path: "start").path
    try Data(("set -e\n" + kind.script(site)).utf8).write(to: URL(filePath: script))
    // In an image not for ever, even when nobody is left to end it.
    let run =
      kind.image.map { [Machine.serverImage, "run", $0, folder.path, "timeout", "-s", "KILL", "1800", "sh", script] }
      ?? ["sh", script]
    let child = try start(kind.name, run)
    try await until("\(kind.name) listens on \(port)", or: { child.output }) {
      guard child.exitCode == nil else { throw Failure("\(kind.name) ended:\n\(child.output)") }
      return child.sees(listenerOn: port)
    }
    return RunningMailServer(kind: kind, child: child, site: site)
  }
}
