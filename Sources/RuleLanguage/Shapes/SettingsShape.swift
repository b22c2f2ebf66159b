// What is set once for the process.

import Routing

extension Shapes {
  static let settings: Shape<Settings> = Shape(
    "`settings`", from: Settings.init,
    [
      Key(
        "threads", .count(1...1024, of: "threads"), into: \.threads, .optional(nil),
        "How many threads work; left out, one a core.", example: "4",
        synonyms: ["workers", "worker-processes", "nbthread"]),
      Key(
        "user", .name, into: \.user, .optional(nil),
        "Whom usher becomes once it listens; left out, it stays who it is.", example: "usher"),
      Key(
        "group", .name, into: \.group, .optional(nil), "The group that it becomes; left out, the user's own.",
        example: "usher"),
      Key(
        "hostname", .text("a host name", most: 255), into: \.hostname, .optional(nil),
        "The name with which usher itself speaks SMTP; left out, the host's.", example: "mail.example.com",
        synonyms: ["host", "myhostname", "name"]),
      Key(
        "state", .text("a path"), into: \.state, .optional(nil),
        "The file in which it is kept over a restart how clients begin (`grace: { learn: true }`); left out, a restart "
          + "forgets it.", example: "/var/lib/usher/grace", synonyms: ["state-file", "memory", "cache"]),
      Key(
        "log", .shape(log), into: \.log, .optional(nil), "How connections are logged.",
        example: "{ format: json }", synonyms: ["logging", "logs"]),
      Key(
        "timeouts", .shape(timeouts), into: \.timeouts, .optional(nil),
        "How long is waited for whom.", example: "{ connect: 3s }", synonyms: ["timeout"]),
      Key(
        "limits", .shape(limits), into: \.limits, .optional(nil),
        "How much is taken from whom.", example: "{ connections: 20000 }", synonyms: ["limit"]),
    ])

  static let log: Shape<Settings.Log> = Shape(
    "`log`", from: Settings.Log.init,
    [
      Key("format", .word, into: \.format, .optional("text"), "The form of a line.", example: "json"),
      Key(
        "level", .word, into: \.level, .optional("info"), "The least that is logged.", example: "warning",
        synonyms: ["severity"]),
    ])

  static let timeouts: Shape<Settings.Timeouts> = Shape(
    "`timeouts`", from: Settings.Timeouts.init,
    [
      Key(
        "connect", .duration(), into: \.connect, .optional("5s"), "For a connection to one address of a server.",
        example: "3s"),
      Key(
        "greeting", .duration(), into: \.greeting, .optional("5m"),
        "For a server's whole greeting; one that looks the client up in a dead DNS takes up to 75s.", example: "90s"),
      Key(
        "greeter", .duration(), into: \.greeter, .optional("10s"),
        "For the greeting and EHLO reply of a greeter that no plaintext client ends up with; then usher speaks for itself.",
        example: "3s"),
      Key(
        "reply", .duration(), into: \.reply, .optional("5m"),
        "For a server's whole reply to EHLO, XCLIENT or STARTTLS.", example: "2m"),
      Key(
        "command", .duration(), into: \.command, .optional("5m"), "For a client's next command.", example: "5m",
        synonyms: ["client"]),
      Key(
        "hello", .duration(), into: \.hello, .optional("10s"),
        "For the rest of a ClientHello, and for a TLS handshake with usher itself.", example: "5s",
        synonyms: ["handshake", "tls"]),
      Key("idle", .duration(), into: \.idle, .optional("60m"), "Without a byte either way in a relay.", example: "30m"),
      Key(
        "drain", .duration(least: 0), into: \.drain, .optional("30s"),
        "For connections that still run when usher is told to end.", example: "1m", synonyms: ["shutdown", "grace"]),
    ])

  static let limits: Shape<Settings.Limits> = Shape(
    "`limits`", from: Settings.Limits.init,
    [
      Key(
        "connections", .count(1...10_000_000, of: "connections"), into: \.connections, .optional("10000"),
        "Clients at once, in the whole process.", example: "20000", synonyms: ["max-connections", "maxconn"]),
      Key(
        "command-line", .size(512...65_536), into: \.commandLine, .optional("2KiB"), "A command line of a client.",
        example: "4KiB"),
      Key(
        "reply-line", .size(512...65_536), into: \.replyLine, .optional("2KiB"), "A reply line of a server.",
        example: "4KiB"),
      Key(
        "reply-lines", .count(1...10_000, of: "lines"), into: \.replyLines, .optional("128"),
        "The lines of a server's greeting or reply.", example: "64"),
      Key(
        "commands", .count(1...10_000, of: "commands"), into: \.commands, .optional("100"),
        "Commands that usher answers itself before a client must decide.", example: "50"),
      Key(
        "pipelined", .size(4096...16_777_216), into: \.pipelined, .optional("64KiB"),
        "What a client may send ahead while its server is dialled.", example: "128KiB"),
      Key("hello", .size(1024...16_777_216), into: \.hello, .optional("64KiB"), "A ClientHello.", example: "32KiB"),
    ])
}

extension Settings: Draft {}
extension Settings.Log: Draft {}
extension Settings.Timeouts: Draft {}
extension Settings.Limits: Draft {}
