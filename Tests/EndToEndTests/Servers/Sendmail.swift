extension MailServer {
  /// sendmail, with Debian's sendmail.cf. Its mail goes to the user `u`.
  static let sendmail = MailServer(name: "sendmail", image: "sendmail", introductions: []) { site in
    """
    # Without a full name of its own it sleeps for a minute; the sender's domain must exist; and nobody asks a DNS.
    echo "127.0.0.1 localhost sendmail.test $(hostname)" > /etc/hosts
    echo "127.0.0.77 sender.example" >> /etc/hosts
    # Tests come fast, and all from one place.
    sed -i 's/^\\(Client[A-Z][a-z]*:\\s*\\)10$/\\10/; s/^\\(GreetPause:\\s*\\)5000$/\\1500/' /etc/mail/access
    cat >> /etc/mail/access <<'END'
    From:rejected@sender.example ERROR:5.7.1:550 Sender not wanted
    From:grey@sender.example ERROR:4.2.0:450 Greylisted, come again
    From:member@sender.example ERROR:5.7.0:530 Authentication required
    END
    makemap hash /etc/mail/access < /etc/mail/access
    echo rcpt.test >> /etc/mail/local-host-names
    useradd --no-create-home u
    cat > /usr/sbin/sensible-mda <<'END'
    #!/bin/sh
    part=$(mktemp \(site.store)/XXXXXXXX.part)
    cat > "$part"
    chmod 644 "$part"
    mv "$part" "${part%.part}.eml"
    END
    chmod 755 /usr/sbin/sensible-mda
    exec "$(readlink -f /usr/sbin/sendmail)" -bD -q30m -X \(site.folder)/trace \\
      -O ServiceSwitchFile=/etc/mail/service.switch-nodns -O QueueLA=1000 -O RefuseLA=1000 -O MaxMessageSize=200000 \\
      -O DaemonPortOptions=Name=MTA,Addr=\(site.address),Port=\(site.port)
    """
  }
}
