// The whole file.

import Routing

/// A rules file as it is written: names are not looked up yet.
struct FileDraft: Draft {
  var listeners: [Located<ListenerDraft>] = []
  var servers: [ServerDraft] = []
  var certificates: Located<[Located<CertificateFiles>]>?
  var settings = Settings()
}

extension Shapes {
  static let file: Shape<FileDraft> = Shape(
    "the file", from: { FileDraft() },
    [
      Key(
        "listeners", .list(.shape(listener), of: "listeners"),
        into: \.listeners, .required("without one usher has nothing to do"), "Where clients arrive, at least one.",
        example: "[{ name: smtp, listen: 0.0.0.0:25, rules: [{ name: all, to: mta }] }]",
        synonyms: ["listener", "frontends", "frontend", "listen", "doors"]),
      Key(
        "servers", .servers, into: \.servers, .optional(nil),
        "Where clients are shown to: a mapping of names to servers.",
        example: "{ mta: { address: 127.0.0.1:2525, client-address: proxy-v2 } }",
        synonyms: ["server", "backends", "backend", "upstreams", "upstream", "targets"]),
      Key(
        "certificates", .certificates, at: \.certificates, .optional(nil),
        "The certificates of all listeners that have none of their own, chosen by SNI; the first where none fits.",
        example: "[{ chain: mail.pem, key: mail.key }]", synonyms: ["certificate", "certs", "tls"]),
      Key(
        "settings", .shape(settings), into: \.settings, .optional(nil),
        "What is set once for the process.", example: "{ user: usher }",
        synonyms: ["global", "options", "defaults", "config"]),
    ])

  static let certificate: Shape<CertificateDraft> = Shape(
    "a certificate", from: CertificateDraft.init,
    [
      Key(
        "chain", .text("a path"), into: \.chain, .required("it is the file with the certificate"),
        "The PEM file with the certificate and what leads to its root.",
        example: "/etc/ssl/mail/fullchain.pem", synonyms: ["cert", "certificate", "file", "fullchain"]),
      Key(
        "key", .text("a path"), into: \.key, .required("it is the file with the private key"),
        "The PEM file with the private key.", example: "/etc/ssl/mail/privkey.pem",
        synonyms: ["private-key", "privkey"]),
    ])
}

struct CertificateDraft: Draft {
  var chain: String?
  var key: String?
}

extension Kind where Value: Draft {
  /// A mapping.
  static func shape(_ shape: Shape<Value>) -> Kind {
    Kind(expected: "a mapping") { node, report in shape.read(node, report) }
  }
}

extension Kind where Value == [Located<CertificateFiles>] {
  static let certificates: Kind = Kind.list(
    Kind<CertificateFiles>(expected: "a certificate") { node, report in
      guard let draft = Shapes.certificate.read(node, report), let chain = draft.chain,
        let key = draft.key
      else { return nil }
      return CertificateFiles(chain: chain, key: key)
    }, of: "certificates")
}

extension Kind where Value == [ServerDraft] {
  static let servers: Kind = Kind(expected: "a mapping of names to servers") { node, report in
    guard case .mapping(let entries) = node.content else {
      report.error(
        .wrongType, node.head, "servers are a mapping of names to servers, not \(node.found)",
        help: "begin each with its name: `mta: { address: 127.0.0.1:2525 }`")
      return nil
    }
    return entries.compactMap { entry in
      guard let name = Kind<String>.name.read(entry.key, report) else { return nil }
      let draft = ServerDraft(name: name, place: entry.key.place)
      // One that is wrong is still there: rules that name it are right.
      return Shapes.server.read(entry.value, into: draft, missing: entry.key.place, report) ?? draft.unread
    }
  }
}
