extension MailServer {
  /// Exim with everything built in, which PROXY headers need.
  static let exim = MailServer(name: "exim", image: "exim", introductions: [.proxyV1, .proxyV2]) { site in
    """
    mkdir -p \(site.folder)/log
    chown Debian-exim \(site.folder)/log
    cat > /etc/exim4/exim4.conf <<'END'
    primary_hostname = exim.test
    keep_environment =
    domainlist local_domains = rcpt.test
    hostlist relay_from_hosts = 127.0.0.1 : ::1
    local_interfaces = <; \(site.address).\(site.port)
    daemon_smtp_ports = \(site.port)
    log_file_path = \(site.folder)/log/%s
    host_lookup =
    rfc1413_query_timeout = 0s
    acl_smtp_rcpt = acl_check_rcpt
    # Tests come fast, and all from one place.
    smtp_accept_max = 0
    \(tls(site.certificate))
    \([.proxyV1, .proxyV2].contains(site.introduction) ? "hosts_proxy = *" : "")
    \(site.extra)
    message_size_limit = 200000
    begin acl
    acl_check_rcpt:
      deny senders = rejected@sender.example
           message = sender not wanted
      defer senders = grey@sender.example
           message = 450 4.2.0 Greylisted, come again
      deny senders = member@sender.example
           !authenticated = *
           message = 530 5.7.0 Authentication required
      deny recipients = unknown@rcpt.test
           message = unknown user
      accept hosts = : +relay_from_hosts
      require message = relay not permitted
              domains = +local_domains
      accept
    begin routers
    store:
      driver = accept
      domains = +local_domains
      transport = store
    begin transports
    store:
      driver = appendfile
      directory = \(site.store)/inbox
      maildir_format
      user = nobody
      group = nogroup
      create_directory
      envelope_to_add
      return_path_add
    END
    exec exim4 -bdf -q30m
    """
  }

  private static func tls(_ certificate: Certificate?) -> String {
    guard let certificate else { return "tls_advertise_hosts =" }
    return """
      tls_advertise_hosts = *
      tls_certificate = \(certificate.chain)
      tls_privatekey = \(certificate.key)
      """
  }
}
