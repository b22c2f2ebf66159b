// What a client hears otherwise through usher than without it, with the reason. docs/matrix.md shows it, with what was heard.

extension Difference {
  static let expected: [Difference] = [
    Difference(
      "who greets in plaintext", because: "the greeter does, whichever server the client ends up with", in: [.wrapper],
      [.plain], direct: #"220 \S+\.test (?!stunnel).*"#, through: #"220 \S+ stunnel for .*"#),
    Difference(
      "who greets before STARTTLS", because: "the greeter does, and only STARTTLS moves the client to stunnel",
      in: [.mirror, .terminate], [.startTLS], direct: #"220 \S+ stunnel for .*"#,
      through: #"220 \S+\.test (?!stunnel).*"#),
    Difference(
      "whose name EHLO is answered with", because: "the greeter's, and stunnel's is short",
      by: [.exim, .opensmtpd, .sendmail], in: [.wrapper], [.plain],
      direct: #"250 \S+ Hello .*"#, through: #"250 \w+\.test"#),
    Difference(
      "whose name EHLO is answered with before STARTTLS", because: "the greeter's, and stunnel's is short",
      by: [.exim, .opensmtpd, .sendmail], in: [.mirror, .terminate], [.startTLS], direct: #"250 \w+\.test"#,
      through: #"250 \S+ Hello .*\[10\.250\.0\.2\].*"#),
    Difference(
      "STARTTLS is offered by a server that has none", because: "stunnel takes it, or usher itself", [.plain],
      through: "250 STARTTLS"),
    Difference(
      "what is promised before STARTTLS",
      because: "stunnel says nothing but STARTTLS; a client of usher may as well go on in plaintext", [.startTLS],
      through: extensions),
    Difference(
      "the words behind STARTTLS", because: "usher says them when it has the server's 220 in hand", [.startTLS],
      direct: "220 Go ahead", through: "220 2.0.0 Ready to start TLS"),
    Difference(
      "early pipelining is not offered", because: "Exim's, and between two hosts; the connection is usher's",
      by: [.exim], [.plain],
      direct: "250 PIPECONNECT"),
    Difference(
      "early pipelining is not offered in TLS", because: "the same, where TLS ends at usher", by: [.exim],
      in: [.terminate],
      [.startTLS, .implicit], direct: "250 PIPECONNECT"),
    Difference(
      "the server knows who the client is", because: "stunnel does not pass its address on, usher does",
      by: [.exim, .opensmtpd, .sendmail], in: [.terminate], [.startTLS, .implicit], direct: #".*\[10\.250\.0\.1\].*"#,
      through: #".*\[10\.250\.0\.2\].*"#),
    Difference(
      "a server does not relay for strangers", because: "behind stunnel it takes them for its own machine",
      by: [.opensmtpd, .sendmail], in: [.terminate], [.startTLS, .implicit], direct: "250 .*Recipient ok",
      through: "[45]50 .*<u@foreign.example>.*"),

    // Until it is decided where a client goes, usher answers.
    Difference(
      "QUIT before anything else", because: "it decides nothing, and stunnel resets on it",
      by: [.exim, .sendmail, .aiosmtpd], [.plain], direct: "221 .*",
      through: "221 2.0.0 Bye"),
    Difference(
      "NOOP and RSET before anything else", because: "they decide nothing, and stunnel resets on them",
      by: [.exim, .opensmtpd, .sendmail, .aiosmtpd], [.plain],
      direct: "250 (2.0.0 )?(OK|Reset.*)", through: "250 2.0.0 Ok"),
    Difference(
      "EHLO without a name", because: "it decides nothing", [.plain], direct: "501 .*",
      through: "501 5.5.4 Syntax: EHLO hostname"),
    Difference(
      "a second EHLO", because: "it decides nothing; OpenSMTPD does not take one", by: [.opensmtpd], [.plain],
      direct: "503 5.5.1 Invalid command: Already identified", through: "250 opensmtpd.test .*|\(extensions)"),
    Difference(
      "STARTTLS without EHLO", because: "a client learns of it by EHLO", [.plain], direct: "(454|502|503) .*",
      through: "503 5.5.1 Error: send EHLO first"),
    Difference(
      "AUTH that was not offered", because: "a server is not sent what it does not offer", [.plain],
      direct: "(503|504|538) .*", through: "504 5.5.4 Error: this mechanism is not offered"),
  ]

  /// A line of a reply to EHLO.
  private static let extensions =
    "250 (PIPELINING|SIZE|VRFY|ETRN|ENHANCEDSTATUSCODES|8BITMIME|DSN|SMTPUTF8|CHUNKING|EXPN|VERB|AUTH|DELIVERBY|HELP).*"
}
