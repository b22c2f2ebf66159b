import Dialogues
import Testing
import Wire

@Suite struct IntroductionTests {
  private let hello = Hello(Command(bytes("EHLO client.example")))!
  private let stranger = Guest(ownName: "usher.example", xclient: nil)

  /// What comes of those bytes.
  private func progress(_ introduction: inout Introduction, _ text: String, _ guest: Guest) -> [Progress] {
    introduction.received(bytes(text).span)
    var all: [Progress] = []
    while let progress = introduction.next(for: guest) { all.append(progress) }
    return all
  }

  private func fresh() -> Introduction { Introduction(longestLine: 512, mostLines: 20) }

  /// One that has been greeted.
  private func greeted() -> Introduction {
    var introduction = fresh()
    introduction.received(bytes("220 a ESMTP\r\n").span)
    _ = introduction.next(for: stranger)
    return introduction
  }

  @Test func everythingIsSaidAloneAndAnsweredWhole() {
    var introduction = fresh()
    #expect(progress(&introduction, "220-teaser\r\n", stranger) == [])
    #expect(progress(&introduction, "220 a\r\n", stranger).count == 1)
    #expect(introduction.state == .ready)
    #expect(introduction.say(hello) == bytes("EHLO client.example\r\n"))
    #expect(progress(&introduction, "250-a\r\n", stranger) == [])
    #expect(progress(&introduction, "250 STARTTLS\r\n", stranger).count == 1)
    #expect(introduction.sayStartTLS() == bytes("STARTTLS\r\n"))
    #expect(progress(&introduction, "220 Go ahead\r\n", stranger) == [.readyForTLS])
    #expect(introduction.state == .over)
  }

  @Test(arguments: ["421 4.3.2 a\r\n", "554 a\r\n"]) func refusesAtItsGreeting(text: String) {
    var introduction = fresh()
    guard case .refused(.reply(let reply, to: .greeting)) = progress(&introduction, text, stranger).last else {
      return #expect(Bool(false))
    }
    #expect(reply.bytes == bytes(text))
  }

  @Test func talkingPastThe220IsFoundOut() {
    for tail in ["x", "220 again\r\n", "\u{16}"] {
      var introduction = greeted()
      _ = introduction.say(hello)
      _ = progress(&introduction, "250 a\r\n", stranger)
      _ = introduction.sayStartTLS()
      #expect(progress(&introduction, "220 Go ahead\r\n" + tail, stranger) == [.refused(.chatter(.startTLS))])
    }
  }

  @Test func whatIsBehindAReplyIsNoReplyToWhatIsSaidNext() {
    var early = fresh()
    #expect(progress(&early, "220 a\r\n250 a\r\n", stranger) == [.refused(.chatter(.greeting))])
    var late = greeted()
    _ = late.say(hello)
    late.received(bytes("250-a\r\n250 STARTTLS\r\n220 go\r\n").span)
    guard case .answered = late.next(for: stranger) else { return #expect(Bool(false)) }
    #expect(late.sayStartTLS() == nil)
    #expect(late.say(hello) == nil)
    #expect(late.next(for: stranger) == .spokeUnasked)
  }

  @Test func speakingUnaskedEndsIt() {
    var introduction = greeted()
    #expect(progress(&introduction, "4", stranger) == [.spokeUnasked])
    #expect(introduction.state == .over)
    #expect(introduction.takeRest() == bytes("4"))
  }

  @Test func xclientComesFirst() {
    let guest = Guest(
      ownName: "usher.example",
      xclient: XCLIENT(client: Endpoint("203.0.113.9:1")!, local: Endpoint("192.0.2.1:25")!))
    var introduction = fresh()
    #expect(progress(&introduction, "220 a\r\n", guest) == [.say(bytes("EHLO usher.example\r\n"))])
    #expect(
      progress(&introduction, "250-a\r\n250 XCLIENT ADDR\r\n", guest) == [.say(bytes("XCLIENT ADDR=203.0.113.9\r\n"))])
    #expect(progress(&introduction, "220 a\r\n", guest) == [.greeted(Reply(220, "a"))])

    var without = fresh()
    _ = progress(&without, "220 a\r\n", guest)
    #expect(progress(&without, "250 a\r\n", guest) == [.refused(.noXCLIENT)])
  }
}
