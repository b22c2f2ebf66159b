/// Rules files of tests, as short as those in rules/.
enum Rules {
  /// - Parameter grace: long, because a client on a busy machine may take long to begin with TLS.
  static func mail(
    _ topology: Topology, listen: String, stunnel: String, beside: String, introduction: MailServer.Introduction,
    certificate: Certificate, grace: String = "2s", settings: String = ""
  ) -> String {
    let terminates = topology == .terminate
    let stunnelServer = """
        stunnel:
          address: \(stunnel)
          tls: [implicit, starttls]
          client-address: hidden

      """
    return """
      listeners:
        - name: smtp
          listen: "\(listen)"
          dialogue: smtp
          grace: \(grace)
          greeter: \(topology == .wrapper ? "stunnel" : "beside")
          rules:
            - name: encrypted
              when: { tls: true }
              to: \(terminates ? "beside\n        terminate-tls: true" : "stunnel")
            - name: everyone else
              to: beside
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
}
