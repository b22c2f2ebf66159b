extension MailServer {
  /// Postfix's smtpd, or postscreen before it.
  static let postfix = postfix(name: "postfix", postscreen: false)
  static let postscreen = postfix(name: "postscreen", postscreen: true)

  private static func postfix(name: String, postscreen: Bool) -> MailServer {
    MailServer(name: name, image: "postfix", introductions: [.proxyV1, .proxyV2, .xclient]) { site in
      """
      cd /etc/postfix
      echo '!/^unknown@/ inbox/' > mailboxes
      cat > main.cf <<'END'
      compatibility_level = 3.6
      smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
      smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
      maillog_file = /dev/stdout
      myhostname = \(name).test
      inet_protocols = ipv4
      mynetworks = 127.0.0.0/8
      mydestination =
      alias_maps =
      virtual_mailbox_domains = rcpt.test
      virtual_mailbox_base = \(site.store)
      # Everyone but one.
      virtual_mailbox_maps = regexp:/etc/postfix/mailboxes
      virtual_uid_maps = static:65534
      virtual_gid_maps = static:65534
      virtual_minimum_uid = 100
      message_size_limit = 200000
      smtpd_restriction_classes = members_only
      members_only = permit_sasl_authenticated reject
      smtpd_sender_restrictions = check_sender_access inline:{
        { rejected@sender.example = REJECT } { member@sender.example = members_only }
        { grey@sender.example = 450 4.2.0 Greylisted, come again } }
      # Tests come fast, and all from one place.
      smtpd_client_connection_count_limit = 0
      # postscreen as its documentation has it, with a shorter wait; no client is known beforehand.
      postscreen_access_list =
      postscreen_greet_action = enforce
      postscreen_greet_wait = 2s
      postscreen_cache_map =
      \(tls(site.certificate))
      \(introduction(site.introduction))
      \(site.extra)
      END
      postconf -MX smtp/inet
      \(service(site, postscreen))
      postconf -F '*/*/chroot=n'
      exec /usr/lib/postfix/sbin/master -c /etc/postfix -d
      """
    }
  }

  private static func service(_ site: Site, _ postscreen: Bool) -> String {
    let door = "\(site.address):\(site.port)/inet=\(site.address):\(site.port) inet n - n -"
    return postscreen
      ? """
      postconf -M '\(door) 1 postscreen'
      postconf -M 'smtpd/pass=smtpd pass - - n - - smtpd'
      postconf -M 'dnsblog/unix=dnsblog unix - - n - 0 dnsblog'
      postconf -M 'tlsproxy/unix=tlsproxy unix - - n - 0 tlsproxy'
      """ : "postconf -M '\(door) - smtpd'"
  }

  private static func tls(_ certificate: Certificate?) -> String {
    guard let certificate else { return "smtpd_tls_security_level = none" }
    return """
      smtpd_tls_security_level = may
      smtpd_tls_cert_file = \(certificate.chain)
      smtpd_tls_key_file = \(certificate.key)
      """
  }

  private static func introduction(_ introduction: Introduction) -> String {
    switch introduction {
    case .proxyV1, .proxyV2: "smtpd_upstream_proxy_protocol = haproxy\npostscreen_upstream_proxy_protocol = haproxy"
    case .xclient: "smtpd_authorized_xclient_hosts = 127.0.0.0/8 10.250.0.0/24"
    case .hidden, .transparent: ""
    }
  }
}
