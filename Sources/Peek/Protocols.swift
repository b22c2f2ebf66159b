// The table of what clients begin with. A row is a name, as rules say it, and its signatures: the fewest first bytes after
// which it can be nothing else of this table. To add a protocol: a row here, and its examples in fixtures/first-bytes/NAME.txt;
// the laws of the tests run over both.
//
// Protocols whose server speaks first have no row, for their clients wait to be greeted, and share their verbs with SMTP:
// POP3, IMAP, FTP, NNTP. SMTP has one, for the sake of early talkers.

/// The protocols that are known by their first bytes.
enum Protocols {
  /// One of them.
  struct Row: Sendable {
    /// As it is written in a rules file.
    let name: String
    let signatures: [Signature]

    /// - Parameters:
    ///   - text: signatures in ASCII.
    ///   - bytes: signatures in hexadecimal, see `Signature.init(bytes:)`.
    init(_ name: String, text: [String] = [], bytes: [String] = []) {
      self.init(name, text.map { Signature(text: $0) } + bytes.map { Signature(bytes: $0) })
    }

    init(_ name: String, _ signatures: [Signature]) {
      self.name = name
      self.signatures = signatures
    }
  }

  /// What a ClientHello begins with: a handshake record (RFC 8446 §5.1; what stands for the minor version must be ignored),
  /// or an SSLv2-format hello (RFC 5246 §E.2) of SSL 3 or later, or of SSL 2.
  static let tls = ["16 03", "80-BF .. 01 03", "80-BF .. 01 00 02"].map { Signature(bytes: $0) }

  static let rows: [Row] = [
    // RFC 9110 §9.3, RFC 5789, WebDAV (RFC 4918, 3253, 5323), UPnP; of the methods that RTSP and SIP have too, the target counts.
    Row(
      "http", text: httpMethods.map { $0 + " " } + sharedMethods.flatMap { [$0 + " /", $0 + " http", $0 + " * HTTP"] }),
    // RFC 9113 §3.4
    Row("http2", text: ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]),
    // RFC 4253 §4.2
    Row("ssh", text: ["SSH-"]),
    // RFC 5321 §4.1.1, LMTP (RFC 2033), RFC 821, 1985, 2645, 3030, 3207, 4468, 4954, and Postfix's XCLIENT_README.
    Row("smtp", smtpVerbs.map { Signature(text: $0, ignoresCase: true) + [ByteSet("\t\n\r ".utf8)] }),
    // The PROXY protocol, versions 1 and 2: haproxy.org, proxy-protocol.txt §2.
    Row("proxy", text: ["PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN", "\r\n\r\n\0\r\nQUIT\n"]),
    // PostgreSQL, "message formats": CancelRequest, SSLRequest and GSSENCRequest; StartupMessage of version 3.
    Row("postgresql", bytes: ["00 00 00 10 04 D2 16 2E", "00 00 00 08 04 D2 16 2F-30", "00 00 .. .. 00 03 00"]),
    // RFC 2326 §10, RFC 7826 §13
    Row("rtsp", text: rtspMethods.map { $0 + " " } + ["OPTIONS rtsp", "OPTIONS * RTSP"]),
    // RFC 3261 §7.1 and its extensions
    Row("sip", text: sipMethods.map { $0 + " sip" }),
    // RFC 6120 §4.2
    Row("xmpp", text: ["<?xml", "<stream:stream"]),
    // MQTT 5.0 §3.1, and 3.1: CONNECT, a remaining length of one to four bytes (§1.5.5), the protocol's name.
    Row(
      "mqtt",
      bytes: ["00-7F", "80-FF 00-7F", "80-FF 80-FF 00-7F", "80-FF 80-FF 80-FF 00-7F"].flatMap { length in
        ["10 \(length) 00 04 4D 51 54 54", "10 \(length) 00 06 4D 51 49 73 64 70"]
      }),
    // MS-RDPBCGR §2.2.1.1: a TPKT header and an X.224 connection request.
    Row("rdp", bytes: ["03 00 00-01 .. .. E0"]),
    // SOCKS 4: CONNECT or BIND.
    Row("socks4", bytes: ["04 01-02"]),
    // RFC 1928 §3: at least one method.
    Row("socks5", bytes: ["05 01-FF"]),
    // RESP: an array of at most 99 bulk strings.
    Row("redis", bytes: ["2A 30-39 0D 0A 24", "2A 31-39 30-39 0D 0A 24"]),
    // RFC 4511 §4.1.1: a short or a four-byte length, a message ID of one to four bytes, a bind, search or extended request.
    Row(
      "ldap",
      ["05-7F", "84 .. .. .. .."].flatMap { length in
        ["01 ..", "02 .. ..", "03 .. .. ..", "04 .. .. .. .."].map { id in
          Signature(bytes: "30 \(length) 02 \(id)") + [ByteSet([0x60, 0x63, 0x77])]
        }
      }),
    // AMQP 1.0 §2.2, 0-9-1 §4.2.2
    Row("amqp", text: ["AMQP"]),
    // MS-TDS §2.2.6.5: PRELOGIN, alone in its message.
    Row("mssql", bytes: ["12 01 .. .. 00 00"]),
    // OpenVPN over TCP: a length, then P_CONTROL_HARD_RESET_CLIENT of version 2 or 3 with key 0.
    Row("openvpn", bytes: ["00 0E-FF 38", "00 0E-FF 50", "01-03 .. 50"]),
    // BEP 3
    Row("bittorrent", text: ["\u{13}BitTorrent protocol"]),
    // gitprotocol-pack(5): a packet line with a request.
    Row("git", [Signature(repeating: ByteSet("0123456789abcdef".utf8), count: 4) + Signature(text: "git-")]),
    // tinc, protocol.h: request 0 (ID), then a name, or what stands for one.
    Row("tinc", bytes: ["30 20 30-39", "30 20 3F-5A", "30 20 5E-7A"]),
    // The Android debug bridge, protocol.txt: CONNECT, protocol version 1.
    Row("adb", text: ["CNXN\0\0\0\u{1}", "CNXN\u{1}\0\0\u{1}"]),
    // RFC 6587 §3.4: a priority, or the count of the octets before it.
    Row("syslog", bytes: (1...3).map { "3C" + digits($0) + " 3E" } + (0...4).map { "31-39" + digits($0) + " 20 3C" }),
  ]

  private static let httpMethods = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY",
    "MOVE",
    "LOCK", "UNLOCK", "REPORT", "SEARCH", "ACL", "MERGE", "CHECKOUT", "MKACTIVITY", "MKCALENDAR", "UNSUBSCRIBE",
    "PURGE",
  ]
  private static let sharedMethods = ["OPTIONS", "SUBSCRIBE", "NOTIFY"]

  private static let smtpVerbs = [
    "EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "BURL", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP",
    "AUTH",
    "STARTTLS", "ETRN", "ATRN", "TURN", "SEND", "SOML", "SAML", "XCLIENT", "XFORWARD",
  ]

  private static let rtspMethods = ["DESCRIBE", "ANNOUNCE", "SETUP", "PLAY", "PAUSE", "RECORD", "TEARDOWN"]

  private static let sipMethods = [
    "INVITE", "REGISTER", "OPTIONS", "ACK", "BYE", "CANCEL", "MESSAGE", "PUBLISH", "SUBSCRIBE", "NOTIFY",
  ]

  private static func digits(_ count: Int) -> String { String(repeating: " 30-39", count: count) }
}
