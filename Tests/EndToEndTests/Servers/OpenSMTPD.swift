extension MailServer {
  /// OpenSMTPD, which closes on pipelining.
  static let opensmtpd = MailServer(name: "opensmtpd", image: "opensmtpd", introductions: [.proxyV2]) { site in
    """
    \(site.certificate.map { "install -m 600 \($0.key) /etc/key.pem" } ?? "")
    cat > /etc/smtpd.conf <<'END'
    \(site.certificate.map { "pki test cert \"\($0.chain)\"\npki test key \"/etc/key.pem\"" } ?? "")
    table everyone { "@" = "nobody" }
    smtp max-message-size 200000
    filter rejected phase mail-from match mail-from { "rejected@sender.example" } reject "550 5.7.1 Sender not wanted"
    filter grey phase mail-from match mail-from { "grey@sender.example" } reject "450 4.2.0 Greylisted, come again"
    filter member phase mail-from match mail-from { "member@sender.example" } reject "530 5.7.0 Authentication required"
    filter refusals chain { rejected, grey, member }
    listen on \(site.address) port \(site.port) hostname opensmtpd.test \
    \(site.certificate == nil ? "" : "tls pki test") \(site.introduction == .proxyV2 ? "proxy-v2" : "") \
    filter refusals
    action "store" maildir "\(site.store)/inbox" virtual <everyone>
    action "out" relay
    match from any for rcpt-to "unknown@rcpt.test" reject
    match from any for domain "rcpt.test" action "store"
    match from local for any action "out"
    \(site.extra)
    END
    exec smtpd -d
    """
  }
}
