// Patterns, and the words that rules compare with.

import Patterns
import Routing

extension Kind where Value == Pattern {
  /// A plain string, a glob or an expression.
  /// - Parameter ignoresCase: whether strings and globs are compared without case.
  static func pattern(ignoresCase: Bool, _ check: @escaping @Sendable (String) throws(Fault) -> Void = { _ in }) -> Kind
  {
    scalar("a text, a glob such as `*.example.com`, or a `/regex/`") { scalar throws(Fault) in
      if !scalar.text.hasPrefix("/") { try check(scalar.text) }
      return try pattern(scalar.text, ignoresCase: ignoresCase)
    }
  }

  /// An expression alone.
  static let expression = scalar("a `/regex/`") { scalar throws(Fault) in
    guard scalar.text.hasPrefix("/") else {
      throw Fault(
        kind: .badPattern, message: "a regular expression between slashes is expected here, not `\(scalar.text)`",
        help: "bytes are found anywhere; /^…/ is at the beginning")
    }
    return try pattern(scalar.text, ignoresCase: false)
  }

  private static func pattern(_ text: String, ignoresCase: Bool) throws(Fault) -> Pattern {
    do throws(PatternError) {
      return try Pattern(text, ignoresCase: ignoresCase)
    } catch {
      throw Fault(kind: .badPattern, message: "no pattern: \(error.reason)", offset: error.offset)
    }
  }
}

extension Kind where Value == Beginning {
  /// What `tls:` wants.
  static let beginning = scalar("`true`, `false`, `implicit` or `starttls`") { scalar throws(Fault) in
    if let truth = Kind<Bool>.truth(scalar) { return truth ? [.implicit, .startTLS] : .plaintext }
    switch scalar.text {
    case "implicit": return .implicit
    case "starttls": return .startTLS
    default:
      throw Fault(
        message: "`true`, `false`, `implicit` or `starttls` is expected here, not \(scalar.quoted)",
        help: ["true", "false", "implicit", "starttls"].suggestion(for: scalar.text))
    }
  }
}

extension Kind where Value == TLSTaking {
  /// How a server takes TLS.
  static let taking = scalar("`implicit` or `starttls`") { scalar throws(Fault) in
    switch scalar.text {
    case "implicit": return .implicit
    case "starttls": return .startTLS
    default:
      throw Fault(
        message: "a server takes TLS as `implicit`, `starttls` or both, not as `\(scalar.text)`",
        help: ["implicit", "starttls"].suggestion(for: scalar.text)
          ?? "leave `tls` out for a server that takes none")
    }
  }
}

extension Kind where Value == String {
  /// The verb of a command, upper case.
  static let verb = scalar("a verb such as MAIL or AUTH") { scalar throws(Fault) in
    guard (1...16).contains(scalar.text.utf8.count), scalar.text.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) })
    else { throw Fault(message: "a verb such as MAIL is expected here, not `\(scalar.text)`") }
    return scalar.text.uppercased()
  }

  /// What `protocol:` compares with.
  static let protocolName = scalar("a protocol such as ssh") { scalar throws(Fault) in
    let names = Vocabulary.protocolNames
    if names.contains(scalar.text) { return scalar.text }
    throw Fault(
      message: "no protocol is called `\(scalar.text)` here",
      help: names.suggestion(for: scalar.text) ?? "there are \(enumeration(names))")
  }
}
