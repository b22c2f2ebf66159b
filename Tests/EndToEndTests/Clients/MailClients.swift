import Foundation

extension MailClient {
  static let all: [MailClient] = [
    swaks, swaksOpportunistic, curl, msmtp, mutt, sNail, smtplib, netSMTP, sClient,
  ]

  static let swaks = MailClient("swaks") { letter, way in
    swaksCommand(letter) + (way == .startTLS ? ["-tls"] : way == .implicit ? ["--tlsc"] : [])
  }

  /// STARTTLS when it is offered.
  static let swaksOpportunistic = MailClient("swaks -tlso", program: "swaks", ways: [.startTLS]) { letter, _ in
    swaksCommand(letter) + ["-tlso"]
  }

  private static func swaksCommand(_ letter: Letter) -> [String] {
    [
      "swaks", "--server", letter.address, "--port", "\(letter.port)", "--from", letter.sender,
      "--to", letter.recipient, "--helo", letter.helo, "--data", "@\(letter.message.path)", "--timeout", "60",
    ]
  }

  static let curl = MailClient("curl") { letter, way in
    let scheme = way == .implicit ? "smtps" : "smtp"
    return [
      "curl", "-sSv", "-k", "--crlf", "--max-time", "80", "--url",
      "\(scheme)://\(letter.address):\(letter.port)/\(letter.helo)",
      "--mail-from", letter.sender, "--mail-rcpt", letter.recipient, "-T", letter.message.path,
    ] + (way == .startTLS ? ["--ssl-reqd"] : [])
  }

  static let msmtp = MailClient("msmtp", readsMessage: true) { letter, way in
    [
      "msmtp", "-C", "/dev/null", "--debug", "--host=\(letter.address)", "--port=\(letter.port)", "--auth=off",
      "--domain=\(letter.helo)", "--from=\(letter.sender)", "--timeout=60", "--tls=\(way == .plain ? "off" : "on")",
      "--tls-starttls=\(way == .startTLS ? "on" : "off")", "--tls-certcheck=off", letter.recipient,
    ]
  }

  /// Says HELO when it is told not to use STARTTLS.
  static let mutt = MailClient("mutt", hello: "HELO", ways: [.plain]) { letter, way in
    muttCommand(letter, way, ["ssl_force_tls=no", "ssl_starttls=no"])
  }

  private static func muttCommand(_ letter: Letter, _ way: Way, _ more: [String]) -> [String] {
    let settings =
      [
        "smtp_url=\(way == .implicit ? "smtps" : "smtp")://\(letter.address):\(letter.port)", "from=\(letter.sender)",
        "hostname=\(letter.helo)", "copy=no", "use_envelope_from=yes", "certificate_file=\(letter.certificate)",
        "ssl_verify_host=no",
      ] + more
    // What it hears it writes into a file in its home.
    let home = letter.message.deletingLastPathComponent().path
    let shown = "\"$@\"; code=$?; cat \(home)/.muttdebug0; exit $code"
    return ["env", "HOME=\(home)", "sh", "-c", shown, "sh", "mutt", "-d", "2", "-n", "-F", "/dev/null"]
      + settings.flatMap { ["-e", "set \($0)"] } + ["-s", letter.token, letter.recipient]
  }

  static let muttTLS = MailClient("mutt", ways: [.startTLS, .implicit]) { letter, way in
    muttCommand(letter, way, ["ssl_force_tls=yes"])
  }

  /// Says HELO as long as there is no TLS.
  static let sNail = MailClient("s-nail", hello: "HELO", ways: [.plain], readsMessage: true) { letter, way in
    sNailCommand(letter, way)
  }
  static let sNailTLS = MailClient("s-nail", ways: [.startTLS, .implicit], readsMessage: true) { letter, way in
    sNailCommand(letter, way)
  }

  private static func sNailCommand(_ letter: Letter, _ way: Way) -> [String] {
    let scheme = way == .implicit ? "smtps" : "smtp"
    return [
      "s-nail", "-vv", "-:/", "-Sv15-compat", "-Sttycharset=utf-8",
      "-Smta=\(scheme)://\(letter.address):\(letter.port)",
      "-Ssmtp-auth=none", "-Shostname=\(letter.helo)", "-Sfrom=\(letter.sender)", "-Stls-verify=ignore", "-Snosave",
    ] + (way == .startTLS ? ["-Ssmtp-use-starttls"] : []) + ["-s", letter.token, letter.recipient]
  }

  static let smtplib = MailClient("smtplib", program: "python3") { letter, way in
    let kind = way == .implicit ? "SMTP_SSL" : "SMTP"
    let context = way == .implicit ? ", context=ssl._create_unverified_context()" : ""
    return [
      "/usr/bin/python3", "-c",
      """
      import smtplib, ssl
      smtplib.\(kind).debuglevel = 1
      s = smtplib.\(kind)('\(letter.address)', \(letter.port), local_hostname='\(letter.helo)', timeout=60\(context))
      \(way == .startTLS ? "s.starttls(context=ssl._create_unverified_context())" : "")
      s.sendmail('\(letter.sender)', ['\(letter.recipient)'], open('\(letter.message.path)').read())
      s.quit()
      """,
    ]
  }

  static let netSMTP = MailClient("Net::SMTP", program: "perl") { letter, way in
    let tls = way == .implicit ? ", SSL => 1, SSL_verify_mode => 0" : ""
    let escape = { (text: String) in text.replacing("@", with: "\\@") }
    return [
      "perl", "-MNet::SMTP", "-e",
      """
      $s = Net::SMTP->new("\(letter.address)", Port => \(letter.port), Hello => "\(letter.helo)", Debug => 1,
        Timeout => 60\(tls)) or die;
      \(way == .startTLS ? "$s->starttls(SSL_verify_mode => 0) or die;" : "")
      $s->mail("\(escape(letter.sender))") or die; $s->to("\(escape(letter.recipient))") or die;
      open(F, "<", "\(letter.message.path)"); $s->data(<F>) or die; $s->quit
      """,
    ]
  }

  /// `openssl s_client`, with a script that speaks through it.
  static let sClient = MailClient("openssl s_client", program: "python3", ways: [.startTLS, .implicit]) { letter, way in
    [
      "/usr/bin/python3", Machine.project.appending(path: "Tests/EndToEndTests/Programs/speak-smtp.py").path,
      letter.helo, letter.sender, letter.recipient, letter.message.path,
      "openssl", "s_client", "-connect", "\(letter.address):\(letter.port)", "-quiet",
    ] + (way == .startTLS ? ["-starttls", "smtp", "-name", letter.helo] : [])
  }
}
