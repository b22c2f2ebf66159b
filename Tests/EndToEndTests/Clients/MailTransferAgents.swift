// Mail servers as clients: most of the mail that arrives at a port 25 comes from them.

extension MailClient {
  static let postfix = MailClient("Postfix", program: "postfix") { letter, way in
    let folder = letter.message.deletingLastPathComponent().path
    return [
      Machine.serverImage, "run", "postfix", folder, "sh", "-c",
      """
      cd /etc/postfix
      cat > main.cf <<'END'
      compatibility_level = 3.6
      maillog_file = /dev/stdout
      inet_interfaces = loopback-only
      inet_protocols = ipv4
      mydestination =
      alias_maps =
      relayhost = [\(letter.address)]:\(letter.port)
      smtp_helo_name = \(letter.helo)
      smtp_tls_security_level = \(way == .plain ? "none" : way == .startTLS ? "may" : "encrypt")
      smtp_tls_wrappermode = \(way == .implicit ? "yes" : "no")
      END
      postconf -MX smtp/inet
      postconf -M 'smtp/unix=smtp unix - - n - - smtp -v'
      postconf -F '*/*/chroot=n'
      /usr/lib/postfix/sbin/master -c /etc/postfix -d > \(folder)/maillog 2>&1 &
      sendmail -f \(letter.sender) \(letter.recipient) < \(letter.message.path)
      until grep -qE 'status=(sent|deferred|bounced)' \(folder)/maillog; do sleep 0.1; done
      cat \(folder)/maillog
      grep -q status=sent \(folder)/maillog
      """,
    ]
  }

  /// Sends in chunks (BDAT) where that is promised.
  static let exim = MailClient("Exim", program: "exim") { letter, way in
    let folder = letter.message.deletingLastPathComponent().path
    return [
      Machine.serverImage, "run", "exim", folder, "sh", "-c",
      """
      mkdir -p \(folder)/log
      chown Debian-exim \(folder)/log
      cat > /etc/exim4/exim4.conf <<'END'
      primary_hostname = sender.example
      keep_environment =
      log_file_path = \(folder)/log/%s
      begin routers
      all:
        driver = manualroute
        route_list = * \(letter.address) byname
        self = send
        transport = out
      begin transports
      out:
        driver = smtp
        port = \(letter.port)
        helo_data = \(letter.helo)
        protocol = \(way == .implicit ? "smtps" : "smtp")
        \(way == .plain ? "hosts_avoid_tls = *" : "hosts_require_tls = *")
        tls_verify_certificates = \(letter.certificate)
        tls_verify_cert_hostnames =
        hosts_try_dane =
      END
      exim4 -odi -v -f \(letter.sender) \(letter.recipient) < \(letter.message.path)
      cat \(folder)/log/*
      grep -q ' => ' \(folder)/log/main
      """,
    ]
  }
}
