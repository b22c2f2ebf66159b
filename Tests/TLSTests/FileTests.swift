import TLS
import Testing

/// What is said of files that are wrong.
@Suite struct FileTests {
  let folder: Folder
  let certificate: ThrowAwayCertificate
  let files: ServerContext.Files

  init() throws {
    folder = try Folder()
    certificate = try .valid("mail.example", "*.mail.example")
    files = try folder.write(certificate, as: "good")
  }

  private func reason(_ chain: String, _ key: String) -> String {
    do throws(TLSError) {
      _ = try ServerContext([.init(chain: chain, key: key)])
      return ""
    } catch {
      return error.reason.replacing(folder.path + "/", with: "")
    }
  }

  @Test func tellsWhatItShows() throws {
    let context = try ServerContext([files])
    #expect(context.warnings == [])
    #expect(context.certificates.map(\.subject) == ["CN=mail.example"])
    #expect(context.certificates.map(\.names) == [["mail.example", "*.mail.example"]])
    #expect(context.certificates.map(\.key) == ["EC 256 bits"])
  }

  @Test func namesWhatIsWrong() throws {
    let stranger = try ThrowAwayCertificate.valid("other.example")
    let other = try folder.write(stranger, as: "other")
    let mixed = try folder.write("mixed.pem", certificate.chain + stranger.chain)
    let empty = try folder.write("empty.pem", [])
    let text = try folder.write("notes.txt", Array("not a certificate\n".utf8))
    let damaged = try folder.write("damaged.pem", certificate.chain.map { $0 == 0x4D ? 0x21 : $0 })
    let encrypted = folder.path + "/encrypted.key"
    try run(["openssl", "pkey", "-in", files.key, "-aes256", "-passout", "pass:x", "-out", encrypted])
    let der = folder.path + "/good.der"
    try run(["openssl", "x509", "-in", files.chain, "-outform", "DER", "-out", der])

    #expect(reason("/nonexistent/a.pem", files.key) == "/nonexistent/a.pem cannot be read: there is no such file")
    #expect(reason(files.chain, folder.path) == "\(folder.path) cannot be read: it is a directory")
    #expect(
      reason(other.chain, files.key)
        == "good.key is not the key of other.pem, whose first certificate is for CN=other.example")
    #expect(
      reason(mixed, other.key)
        == "mixed.pem is in the wrong order: the certificate of other.key must come first, and it is number 2")
    #expect(reason(empty, files.key) == "empty.pem holds no certificate: it is empty")
    #expect(reason(text, files.key) == "notes.txt holds no certificate in PEM")
    #expect(reason(files.key, files.key) == "good.key holds no certificate in PEM")
    #expect(reason(files.chain, files.chain) == "good.pem holds no private key in PEM")
    #expect(reason(der, files.key).hasPrefix("good.der holds no certificate in PEM: it looks like DER"))
    #expect(reason(damaged, files.key).hasPrefix("damaged.pem holds a certificate that is damaged: "))
    #expect(reason(files.chain, encrypted).hasPrefix("encrypted.key is encrypted, and usher has no passphrase for it"))
  }

  @Test func refusesAWeakKey() throws {
    let (chain, key) = (folder.path + "/weak.pem", folder.path + "/weak.key")
    try run(
      ["openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=a", "-keyout", key, "-out", chain])
    #expect(reason(chain, key) == "weak.pem cannot be used: the key is too small to be safe: RSA needs 2048 bits")
  }

  @Test func warnsOfTime() throws {
    let old = try folder.write(
      ThrowAwayCertificate(names: ["old.example"], validFrom: -200_000, validUntil: -100_000), as: "old")
    let new = try folder.write(
      ThrowAwayCertificate(names: ["new.example"], validFrom: 100_000, validUntil: 200_000), as: "new")
    let context = try ServerContext([files, old, new])
    let warnings = context.warnings.map { $0.replacing(folder.path + "/", with: "") }
    #expect(warnings.count == 2)
    #expect(
      warnings.first == "old.pem: the certificate for CN=old.example expired on \(context.certificates[1].expiry)")
    #expect(warnings.last?.hasPrefix("new.pem: the certificate for CN=new.example is not valid before 20") == true)
  }

  @Test func warnsOfAChainInDisorder() throws {
    let stranger = try ThrowAwayCertificate.valid("stranger.example")
    let chain = try folder.write("chain.pem", certificate.chain + stranger.chain)
    let context = try ServerContext([.init(chain: chain, key: files.key)])
    #expect(
      context.warnings.map { $0.replacing(folder.path + "/", with: "") }
        == ["chain.pem: CN=stranger.example does not certify CN=mail.example, which stands before it"])
  }
}
