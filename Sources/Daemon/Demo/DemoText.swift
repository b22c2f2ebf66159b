import Wire

/// The words of the demonstration.
struct DemoText {
  let door: Endpoint
  let output: Output

  /// The rules file: what an administrator would write for a stunnel and an old mail server.
  static func rules(door: Endpoint, tlsEnd: Endpoint, oldMTA: Endpoint) -> String {
    """
    listeners:
      - name: smtp
        listen: "\(door)"
        dialogue: smtp
        grace: 300ms                # silent so long: the client is greeted
        greeter: tls-end
        rules:
          - name: encrypted
            when: { tls: true }     # a ClientHello at once, or STARTTLS
            to: tls-end
          - name: everyone else
            to: old-mta

    servers:
      tls-end:                      # behaves like stunnel with protocol = smtp
        address: \(tlsEnd)
        tls: [implicit, starttls]
        client-address: proxy-v1
      old-mta:                      # knows nothing of TLS
        address: \(oldMTA)
        client-address: proxy-v1

    """
  }

  func introduction(rules: String) -> String {
    let indented = rules.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let parts = line.split(separator: "#", maxSplits: 1)
      let comment = parts.count == 2 ? output.paint("#\(parts[1])", .dim) : ""
      return line.isEmpty ? "" : "    \(parts.first ?? "")\(comment)"
    }
    return """
      \(output.paint("usher demo", .bold)): three kinds of mail clients, one port, two servers.

      One port, \(output.paint("\(door)", .boldGreen)); behind it, with these rules, a TLS end and an old mail server:

      \(indented.joined(separator: "\n"))
      """
  }

  var commands: String {
    guard case .tcp(let address, let port) = door else { return "" }
    let rows = [
      ("plaintext", "swaks --server \(address) --port \(port) --from me@client.example --to you@server.example"),
      (
        "",
        "printf 'Subject: hi\\r\\n\\r\\nhi\\r\\n' | curl -sS --url smtp://\(door)/client.example "
          + "--mail-from me@client.example --mail-rcpt you@server.example -T -"
      ),
      ("STARTTLS", "swaks -tls --server \(address) --port \(port) --from me@client.example --to you@server.example"),
      ("", "openssl s_client -quiet -crlf -starttls smtp -connect \(door)"),
      (
        "TLS at once",
        "swaks --tlsc --server \(address) --port \(port) --from me@client.example --to you@server.example"
      ),
      ("", "openssl s_client -quiet -crlf -connect \(door)"),
    ]
    let lines = rows.map { way, command in "  \(output.paint(way.padded(to: 12), .bold)) \(command)" }
    return """

      Try it from another terminal:

      \(lines.joined(separator: "\n"))

      Each decision is shown below as it falls. Ctrl-C ends it.


      """
  }
}
