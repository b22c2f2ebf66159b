extension MailServer {
  /// Python's aiosmtpd, which stores what arrived as it arrived.
  static let aiosmtpd = MailServer(name: "aiosmtpd", image: nil, introductions: [.proxyV1, .proxyV2]) { site in
    let proxy = [.proxyV1, .proxyV2].contains(site.introduction) ? "--proxy" : ""
    let tls = site.certificate.map { "--certificate \($0.chain) --key \($0.key)" } ?? ""
    let program = Machine.project.appending(path: "Tests/EndToEndTests/Programs/aiosmtpd-store.py").path
    return "exec /usr/bin/python3 \(program) \(site.address) \(site.port) \(site.store) \(proxy) \(tls) \(site.extra)"
  }
}
