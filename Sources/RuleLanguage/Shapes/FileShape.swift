// The whole file.

import Routing

/// A rules file as it is written: names are not looked up yet.
struct FileDraft {
  var listeners: [Located<ListenerDraft>] = []
  var servers: [ServerDraft] = []
  var certificates: Located<[Located<CertificateFiles>]>?
  var settings = Settings()
}

extension Shapes {
  static let file: Shape<FileDraft> = Shape(
    "the file",
    [
      Key(
        "listeners", .list(.shape(listener, from: ListenerDraft.init), of: "listeners"),
        into: \.listeners, .required("without one usher has nothing to do"), "Where clients arrive, at least one.",
        synonyms: ["listener", "frontends", "frontend", "listen", "doors"]),
      Key(
        "servers", .servers, into: \.servers, .optional(nil),
        "Where clients are shown to: a mapping of names to servers.",
        synonyms: ["server", "backends", "backend", "upstreams", "upstream", "targets"]),
      Key(
        "certificates", .certificates, at: \.certificates, .optional(nil),
        "The certificates of all listeners that have none of their own, chosen by SNI; the first where none fits.",
        synonyms: ["certificate", "certs", "tls"]),
      Key(
        "settings", .shape(settings, from: Settings.init), into: \.settings, .optional(nil),
        "What is set once for the process.", synonyms: ["global", "options", "defaults", "config"]),
    ])

  static let certificate: Shape<CertificateDraft> = Shape(
    "a certificate",
    [
      Key(
        "chain", .text("a path"), into: \.chain, .required("it is the file with the certificate"),
        "The PEM file with the certificate and what leads to its root.",
        synonyms: ["cert", "certificate", "file", "fullchain"]),
      Key(
        "key", .text("a path"), into: \.key, .required("it is the file with the private key"),
        "The PEM file with the private key.", synonyms: ["private-key", "privkey"]),
    ])
}

struct CertificateDraft {
  var chain: String?
  var key: String?
}

extension Kind {
  /// A mapping.
  static func shape(_ shape: Shape<Value>, from make: @escaping @Sendable () -> Value) -> Kind {
    Kind(expected: "a mapping") { node, report in
      guard var draft = shape.read(node, into: make(), report) else { return nil }
      if var placed = draft as? any PlacedDraft {
        placed.place = node.head
        if let value = placed as? Value { draft = value }
      }
      return draft
    }
  }
}

/// A draft that knows where its mapping begins.
protocol PlacedDraft {
  var place: Place { get set }
}

extension Kind where Value == [Located<CertificateFiles>] {
  static let certificates: Kind = Kind.list(
    Kind<CertificateFiles>(expected: "a certificate") { node, report in
      guard let draft = Shapes.certificate.read(node, into: CertificateDraft(), report), let chain = draft.chain,
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
      return Shapes.server.read(entry.value, into: draft, missing: entry.key.place, report) ?? draft
    }
  }
}
