import Testing

@testable import Dialogues

/// The lines of an EHLO reply behind the first.
func promise(_ lines: String...) -> Capabilities { promise(lines) }

func promise(_ lines: [String]) -> Capabilities {
  Capabilities(Reply(code: 250, lines: [bytes("server.example")] + lines.map(bytes)))
}

extension Capabilities {
  /// Without the order of keywords and parameters, which says nothing.
  var unordered: [String: Set<String>] {
    Dictionary(uniqueKeysWithValues: extensions.map { ($0.keyword, Set($0.parameters.map { $0.uppercased() })) })
  }

  /// Random lines, of all that have a rule of their own and some that have none.
  static func random(_ dice: inout Dice) -> Capabilities {
    let lines = [
      ["SIZE", "SIZE 0", "SIZE 1000", "SIZE 52428800"], ["AUTH PLAIN", "AUTH PLAIN LOGIN", "AUTH CRAM-MD5 plain"],
      ["PIPELINING"], ["8BITMIME"], ["SMTPUTF8"], ["DSN"], ["CHUNKING"], ["BINARYMIME"], ["ENHANCEDSTATUSCODES"],
      ["LIMITS RCPTMAX=100", "LIMITS RCPTMAX=50 MAILMAX=5", "LIMITS mailmax=2"], ["DELIVERBY", "DELIVERBY 240"],
      ["FUTURERELEASE 86400 2027-01-01T00:00:00Z", "FUTURERELEASE 600 2026-12-01T00:00:00Z"],
      ["MT-PRIORITY MIXER", "MT-PRIORITY NSEP", "MT-PRIORITY"], ["BURL", "BURL imap", "BURL imap imap://a.example"],
      ["X-VENDOR 1", "X-VENDOR 2"], ["STARTTLS"], ["PIPECONNECT"], ["REQUIRETLS"],
    ]
    let some = lines.filter { _ in Bool.random(using: &dice) }.shuffled(using: &dice)
    return promise(some.map { $0.randomElement(using: &dice)! })
  }
}

@Suite struct CapabilityTests {
  @Test func readsAReply() {
    let capabilities = promise("SIZE 10240000", "auth PLAIN LOGIN", "AUTH=LOGIN", "AUTH CRAM-MD5 plain", "8BITMIME")
    #expect(capabilities.extensions.map(\.keyword) == ["SIZE", "AUTH", "8BITMIME"])
    #expect(capabilities["AUTH"]?.parameters == ["PLAIN", "LOGIN", "CRAM-MD5", "plain"])
    #expect(!capabilities.promises("DSN"))
  }

  /// A row: what one server says, what the other says, what is common to both; empty is nothing.
  @Test(arguments: [
    ("SIZE 1000", "SIZE 500", "SIZE 500"), ("SIZE", "SIZE 500", "SIZE 500"), ("SIZE 0", "SIZE 500", "SIZE 500"),
    ("SIZE 0", "SIZE", "SIZE"), ("SIZE 1000", "", ""), ("AUTH PLAIN LOGIN", "AUTH LOGIN CRAM-MD5", "AUTH LOGIN"),
    ("AUTH PLAIN", "AUTH LOGIN", ""), ("8BITMIME", "8BITMIME", "8BITMIME"), ("8BITMIME", "", ""),
    ("DELIVERBY 240", "DELIVERBY 60", "DELIVERBY 240"), ("DELIVERBY", "DELIVERBY 60", "DELIVERBY 60"),
    (
      "FUTURERELEASE 86400 2027-01-01T00:00:00Z", "FUTURERELEASE 600 2027-06-01T00:00:00Z",
      "FUTURERELEASE 600 2027-01-01T00:00:00Z"
    ),
    ("MT-PRIORITY MIXER", "MT-PRIORITY NSEP", ""), ("MT-PRIORITY MIXER", "MT-PRIORITY mixer", "MT-PRIORITY MIXER"),
    ("LIMITS RCPTMAX=100 MAILMAX=5", "LIMITS RCPTMAX=50", "LIMITS RCPTMAX=50 MAILMAX=5"),
    ("LIMITS RCPTMAX=100", "", "LIMITS RCPTMAX=100"), ("", "LIMITS RCPTMAX=100", "LIMITS RCPTMAX=100"),
    ("BURL imap imap://a.example", "BURL imap", "BURL imap"), ("BURL", "BURL imap", "BURL"),
    ("BINARYMIME", "BINARYMIME", ""), ("X-VENDOR 1", "X-VENDOR 2", ""), ("X-VENDOR 1", "X-VENDOR 1", "X-VENDOR 1"),
  ]) func twoPromisesHaveInCommon(one: String, other: String, common: String) {
    let lines = { (line: String) in promise([line].filter { !$0.isEmpty }) }
    #expect(lines(one).common(with: lines(other)) == lines(common))
  }

  @Test func commonIsTheSameEitherWayRound() {
    var dice = Dice(state: 7)
    for _ in 0..<500 {
      let (a, b) = (Capabilities.random(&dice), Capabilities.random(&dice))
      #expect(a.common(with: b).unordered == b.common(with: a).unordered, "\(a) \(b)")
    }
  }

  @Test func commonIsTheSameInAnyOrderOfThree() {
    var dice = Dice(state: 8)
    for _ in 0..<500 {
      let (a, b, c) = (Capabilities.random(&dice), Capabilities.random(&dice), Capabilities.random(&dice))
      let (left, right) = (a.common(with: b).common(with: c), a.common(with: b.common(with: c)))
      #expect(left.unordered == right.unordered, "\(a) \(b) \(c)")
    }
  }

  @Test func commonWithItselfIsItself() {
    var dice = Dice(state: 9)
    for _ in 0..<500 {
      let common = Capabilities.random(&dice).common(with: .random(&dice))
      #expect(common.common(with: common).unordered == common.unordered)
    }
  }

  /// What is promised is promised by both, and never more of it.
  @Test func commonIsNeverMoreThanEither() {
    var dice = Dice(state: 10)
    for _ in 0..<500 {
      let (a, b) = (Capabilities.random(&dice), Capabilities.random(&dice))
      let common = a.common(with: b)
      for found in common.extensions where !found.isRestriction {
        for side in [a, b] {
          #expect(side[found.keyword] != nil)
          #expect(found.common(with: side[found.keyword]) == found, "\(found) of \(side)")
        }
      }
      #expect(!common.promises("BINARYMIME") || common.promises("CHUNKING"))
    }
  }

  @Test(arguments: ["STARTTLS", "REQUIRETLS", "XCLIENT", "XFORWARD", "PIPECONNECT", "X_PIPE_CONNECT"])
  func whatBelongsToOneHop(keyword: String) { #expect(Capabilities.isOfOneHop(keyword)) }

  @Test(arguments: ["SIZE", "8BITMIME", "PIPELINING", "CHUNKING", "SMTPUTF8", "DSN", "AUTH", "LIMITS"])
  func whatDoesNot(keyword: String) { #expect(!Capabilities.isOfOneHop(keyword)) }

  @Test func aReplyIsMadeOfThemAndReadAgain() {
    var dice = Dice(state: 11)
    for _ in 0..<100 {
      let capabilities = Capabilities.random(&dice)
      #expect(Capabilities(Reply(helloFrom: bytes("a.example"), capabilities)) == capabilities)
    }
  }
}
