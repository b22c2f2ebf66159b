// The courses that a client of a listener can take, as far as rules can tell them apart before anything is known of the
// client itself. There are six at most, so what rules do can be tried on each of them.

import Routing
import Wire

/// A course that a client's first words can take.
enum Course: CaseIterable, Sendable {
  /// A ClientHello at once.
  case tls
  /// Plaintext at once, in a listener without a dialogue.
  case plaintext
  /// The same in a dialogue: plaintext before the greeting, then MAIL.
  case earlyMail
  /// Plaintext before the greeting, then another command.
  case earlyCommand
  /// Silence, in a listener without a dialogue.
  case silence
  /// Greeted, then STARTTLS.
  case startTLS
  /// Greeted, then MAIL.
  case mail
  /// Greeted, then another command.
  case command

  /// Those of a listener.
  /// - Parameter dialogue: whether it speaks with silent clients.
  static func all(dialogue: Bool) -> [Course] {
    dialogue ? [.tls, .earlyMail, .earlyCommand, .startTLS, .mail, .command] : [.tls, .plaintext, .silence]
  }

  /// A client of this course.
  var words: String {
    switch self {
    case .tls: "begins with TLS"
    case .plaintext: "begins with plaintext"
    case .earlyMail, .earlyCommand: "speaks before it is greeted"
    case .silence: "stays silent"
    case .startTLS: "says STARTTLS"
    case .mail, .command: "waits for the greeting and goes on in plaintext"
    }
  }

  fileprivate var beginning: Beginning {
    switch self {
    case .tls: .implicit
    case .startTLS: .startTLS
    case .plaintext, .earlyMail, .earlyCommand, .silence, .mail, .command: .plaintext
    }
  }

  fileprivate var isEarly: Bool { self == .earlyMail || self == .earlyCommand }
  fileprivate var isSilent: Bool { self != .tls && self != .plaintext && !isEarly }
}

extension Rule {
  /// What is known of the rule for every client of that course: yes for all of them, no for all, or not yet.
  func answer(_ course: Course) -> Answer { condition?.answer(course) ?? .yes }
}

extension Condition {
  func answer(_ course: Course) -> Answer {
    switch self {
    case .test(let test): test.answer(course)
    case .all(let parts): parts.all { $0.answer(course) }
    case .any(let parts): parts.any { $0.answer(course) }
    case .not(let part): !part.answer(course)
    }
  }
}

extension Test {
  fileprivate func answer(_ course: Course) -> Answer {
    switch self {
    case .client, .local: .notYet
    case .tls(let wanted): course.beginning.isOne(of: wanted)
    case .sni, .alpn, .ja4, .tlsVersion: course == .tls ? .notYet : .no
    case .protocolName(let names): Test.answer(names, course)
    case .silent(let wanted): Answer(course.isSilent == wanted)
    case .early(let wanted): Answer(course.isEarly == wanted)
    case .helo: course == .tls || course == .plaintext || course == .silence ? .no : .notYet
    case .command(let verbs): Test.answer(verbs: verbs, course)
    case .mailFrom: course == .mail || course == .earlyMail ? .notYet : .no
    case .firstBytes(let patterns):
      // Of a silent client there are none, and will be none.
      course.isSilent ? Answer(patterns.contains { $0.matches("") }) : .notYet
    }
  }

  private static func answer(_ names: [String], _ course: Course) -> Answer {
    switch course {
    case .tls: Answer(names.contains("tls"))
    case .plaintext, .earlyMail, .earlyCommand: names.contains { $0 != "tls" } ? .notYet : .no
    case .silence, .startTLS, .mail, .command: .no
    }
  }

  private static func answer(verbs: [String], _ course: Course) -> Answer {
    switch course {
    case .tls, .plaintext, .silence: .no
    case .startTLS: Answer(verbs.contains("STARTTLS"))
    case .mail, .earlyMail: Answer(verbs.contains("MAIL"))
    case .command, .earlyCommand:
      verbs.contains { $0 != "STARTTLS" && $0 != "MAIL" && !Verbs.answered.contains($0) } ? .notYet : .no
    }
  }
}

/// Verbs of SMTP.
enum Verbs {
  /// They decide nothing.
  static let answered = ["EHLO", "HELO", "LHLO", "NOOP", "RSET", "QUIT"]
  static let reason = "usher answers such commands itself, without a server"
  static let known =
    answered + [
      "MAIL", "RCPT", "DATA", "BDAT", "STARTTLS", "AUTH", "VRFY", "EXPN", "HELP", "ETRN", "BURL", "XCLIENT", "XFORWARD",
    ]
}
