/// Rules files of tests, as short as those in rules/.
enum Rules {
  /// - Parameters:
  ///   - grace: long, because a client on a busy machine may take long to begin with TLS.
  ///   - silent: another address, for clients that wait for the greeting in any case, and need not do so for long.
  static func mail(
    _ topology: Topology, listen: String, stunnel: String, beside: String, introduction: MailServer.Introduction,
    certificate: Certificate, grace: String = "2s", silent: String? = nil, settings: String = ""
  ) -> String {
    let doors = [("smtp", listen, grace)] + (silent.map { [("silent", $0, "100ms")] } ?? [])
    let listeners = doors.map { listener(name: $0, at: $1, grace: $2, topology) }
    let terminates = topology == .terminate
    let stunnelServer = """
        stunnel:
          address: \(stunnel)
          tls: [implicit, starttls]
          client-address: hidden

      """
    return """
      listeners:
      \(listeners.joined(separator: "\n"))
      servers:
      \(terminates ? "" : stunnelServer)  beside:
          address: \(beside)
          client-address: \(introduction.rawValue)
      certificates:
        - chain: \(certificate.chain)
          key: \(certificate.key)
      \(settings)
      """
  }

  private static func listener(name: String, at address: String, grace: String, _ topology: Topology) -> String {
    """
      - name: \(name)
        listen: "\(address)"
        dialogue: smtp
        grace: \(grace)
        greeter: \(topology == .wrapper ? "stunnel" : "beside")
        rules:
          - name: encrypted
            when: { tls: true }
            to: \(topology == .terminate ? "beside\n        terminate-tls: true" : "stunnel")
          - name: everyone else
            to: beside
    """
  }

  /// One mail server, which greets its clients itself.
  /// - Parameters:
  ///   - balance: of its addresses; alone, it has one.
  ///   - health: how it is checked.
  static func server(
    at addresses: [String], balance: String, listen: String, health: String = "{ check: none }"
  ) -> String {
    """
    listeners:
      - name: smtp
        listen: "\(listen)"
        dialogue: smtp
        grace: 50ms
        greeter: mta
        rules:
          - name: encrypted
            when: { tls: true }
            reject: "554 5.7.1 not here"
          - name: everyone
            to: mta
    servers:
      mta:
        addresses: [\(addresses.map { "\"\($0)\"" }.joined(separator: ", "))]
        \(balance == "alone" ? "" : "balance: \(balance)")
        health: \(health)
        client-address: hidden
    """
  }

  /// stunnel greets at two ports, which say different things while it is down; short times, and it is asked often.
  static func stunnel(tempfail: Int, hide: Int, _ stunnel: String, _ beside: String, grace: String = "500ms") -> String
  {
    let listeners = [(tempfail, "tempfail"), (hide, "hide")].map { port, answer in
      """
        - name: \(answer)
          listen: 127.0.0.1:\(port)
          dialogue: smtp
          grace: \(grace)
          greeter: stunnel
          starttls-when-down: \(answer)
          rules:
            - name: encrypted
              when: { tls: true }
              to: stunnel
            - name: everyone else
              to: beside
      """
    }
    return """
      listeners:
      \(listeners.joined(separator: "\n"))
      servers:
        stunnel:
          address: \(stunnel)
          tls: [implicit, starttls]
          client-address: hidden
          health: { check: greeting, every: 100ms, timeout: 300ms, down-after: 2, up-after: 1 }
        beside:
          address: \(beside)
          client-address: hidden
      settings: { timeouts: { connect: 1s, greeting: 1s, greeter: 500ms, reply: 1s, hello: 5s } }
      """
  }
}
