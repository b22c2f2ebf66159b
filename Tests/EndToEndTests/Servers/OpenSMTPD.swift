extension MailServer {
  /// OpenSMTPD, which closes on pipelining.
  static let opensmtpd = MailServer(name: "opensmtpd", image: "opensmtpd", introductions: [.proxyV2]) { site in
    """
    \(site.certificate.map { "install -m 600 \($0.key) /etc/key.pem" } ?? "")
    cat > /etc/smtpd.conf <<'END'
    \(site.certificate.map { "pki test cert \"\($0.chain)\"\npki test key \"/etc/key.pem\"" } ?? "")
    table everyone { "@" = "nobody" }
    listen on \(site.address) port \(site.port) hostname opensmtpd.test \
    \(site.certificate == nil ? "" : "tls pki test") \(site.introduction == .proxyV2 ? "proxy-v2" : "")
    action "store" maildir "\(site.store)/inbox" virtual <everyone>
    action "out" relay
    match from any for domain "rcpt.test" action "store"
    match from local for any action "out"
    \(site.extra)
    END
    exec smtpd -d
    """
  }
}
