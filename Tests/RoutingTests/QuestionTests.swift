import Peek
import Routing
import Testing
import Wire

private typealias Question = Routing.Test

@Suite struct QuestionTests {
  @Test func addresses() throws {
    let block = [try #require(Network("192.0.2.0/24")), try #require(Network("2001:db8::/32"))]
    #expect(Question.client(block).answer(newcomer("192.0.2.9:1")) == .yes)
    #expect(Question.client(block).answer(newcomer("[2001:db8::1]:1")) == .yes)
    #expect(Question.client(block).answer(newcomer("198.51.100.1:1")) == .no)
    #expect(Question.client(block).answer(newcomer("unix:/run/x")) == .no)
    #expect(Question.local(block).answer(newcomer("192.0.2.9:1")) == .no)
  }

  @Test func tls() {
    let encrypted = Question.tls([.implicit, .startTLS])
    #expect(encrypted.answer(newcomer()) == .notYet)
    #expect(encrypted.answer(newcomer().narrowed(to: .startTLS)) == .yes)
    #expect(encrypted.answer(newcomer().narrowed(to: [.implicit, .startTLS])) == .yes)
    #expect(encrypted.answer(newcomer().narrowed(to: [.plaintext, .startTLS])) == .notYet)
    #expect(encrypted.answer(newcomer().narrowed(to: .plaintext)) == .no)
    #expect(Question.tls(.startTLS).answer(newcomer(dialogue: false)) == .no)
  }

  @Test func whatTheHelloSays() {
    let facts = newcomer().with { $0.hello = .value(hello(names: ["a.example", "b.example"], alpn: ["h2", "smtp"])) }
    #expect(Question.sni(patterns("x", "b.*")).answer(facts) == .yes)
    #expect(Question.sni(patterns("example")).answer(facts) == .no)
    #expect(Question.alpn(patterns("SMTP")).answer(facts) == .yes)
    #expect(Question.alpn(patterns("http/1.1")).answer(facts) == .no)
    #expect(Question.tlsVersion(patterns("1.3")).answer(facts) == .yes)
    #expect(Question.tlsVersion(patterns("1.2")).answer(facts) == .no)
    #expect(Question.sni(patterns("*")).answer(newcomer()) == .notYet)
    #expect(Question.sni(patterns("*")).answer(newcomer().with { $0.hello = .absent }) == .no)
  }

  @Test func aHelloWithoutNamesMatchesNoName() {
    let facts = newcomer().with { $0.hello = .value(hello()) }
    #expect(Question.sni(patterns("*")).answer(facts) == .no)
    #expect(Condition.not(.test(.sni(patterns("*")))).answer(facts) == .yes)
  }

  @Test(arguments: [
    (UInt16(0x0303), [UInt16](), "1.2"), (0x0303, [0x0302, 0x0304], "1.3"), (0x0302, [], "1.1"), (0x0301, [], "1.0"),
    (0x0300, [], "ssl3"), (0x0002, [], "ssl2"),
  ]) func theHighestVersionCounts(legacy: UInt16, supported: [UInt16], text: String) {
    let offer = hello(versions: supported, legacy: legacy)
    let facts = newcomer().with { $0.hello = .value(offer) }
    #expect(Question.tlsVersion(patterns(text)).answer(facts) == .yes)
    #expect(Question.tlsVersion(patterns("0.9")).answer(facts) == .no)
  }

  @Test func whatTheClientSays() {
    let facts = newcomer().with {
      $0.helo = .value(Array("MX1.partner.example".utf8))
      $0.command = .value("MAIL")
      $0.mailFrom = .value([])
    }
    #expect(Question.helo(patterns("*.partner.example")).answer(facts) == .yes)
    #expect(Question.helo(patterns("*.partner")).answer(facts) == .no)
    #expect(Question.command(["AUTH", "MAIL"]).answer(facts) == .yes)
    #expect(Question.command(["AUTH"]).answer(facts) == .no)
    #expect(Question.mailFrom(patterns("")).answer(facts) == .yes)
    #expect(Question.mailFrom(patterns("?*")).answer(facts) == .no)
    #expect(Question.helo(patterns("*")).answer(newcomer()) == .notYet)
    #expect(Question.helo(patterns("*")).answer(newcomer(dialogue: false)) == .no)
  }

  @Test func silenceAndHaste() {
    let silent = newcomer().with { ($0.silent, $0.early) = (.yes, .no) }
    #expect(Question.silent(true).answer(silent) == .yes)
    #expect(Question.silent(false).answer(silent) == .no)
    #expect(Question.early(false).answer(silent) == .yes)
    #expect(Question.early(true).answer(silent) == .no)
    #expect(Question.early(false).answer(newcomer()) == .notYet)
    #expect(Question.protocolName(["ssh", "http"]).answer(silent) == .notYet)
    #expect(Question.protocolName(["ssh", "http"]).answer(silent.with { $0.protocolName = .value("http") }) == .yes)
    #expect(Question.protocolName(["unknown"]).answer(silent.with { $0.protocolName = .absent }) == .no)
  }

  @Test func firstBytes() {
    let question = Question.firstBytes(patterns("/^SSH-2/", "/^GET /"))
    func answer(_ text: String, isWhole: Bool) -> Answer {
      question.answer(newcomer().with { ($0.firstBytes, $0.firstBytesAreWhole) = (Array(text.utf8), isWhole) })
    }
    #expect(answer("", isWhole: false) == .notYet)
    #expect(answer("GE", isWhole: false) == .notYet)
    #expect(answer("GET /", isWhole: false) == .yes)
    #expect(answer("GO", isWhole: false) == .no)
    #expect(answer("GE", isWhole: true) == .no)
  }
}
