import Dialogues
import Routing
import Sessions
import Testing
import Wire

@Suite struct InquiryTests {
  private let now = Instant(nanoseconds: 0)
  private let postfix = "220 a ESMTP\r\n" + "250-a\r\n250-SIZE 1000\r\n250 DSN\r\n"

  private func context(_ rules: String = "wrapper") -> Context {
    Context(configuration: Doors.named(rules), hostname: "usher.example")
  }

  /// What an inquiry does, of a server that says that when it is its turn.
  private func ask(_ context: Context, _ server: ServerID = Doors.legacy, _ says: String...) -> [Instruction] {
    let inquiry = Inquiry(context: context, server: server)
    var instructions: [Instruction] = []
    inquiry.began(at: now, &instructions)
    inquiry.connected(.target, at: now, &instructions)
    for text in says {
      for byte in text.utf8 { inquiry.received([byte].span, from: .target, at: now, &instructions) }
    }
    return instructions
  }

  private func promise(_ lines: String...) -> Capabilities {
    Capabilities(Reply(code: 250, lines: (["a"] + lines).map { Array($0.utf8) }))
  }

  @Test func asksAsAClientWould() {
    let instructions = ask(context(), Doors.legacy, postfix)
    #expect(
      instructions == [
        .dial(.target, Dial(server: Doors.legacy, source: nil, preface: [], isSpokenTo: false)),
        .send(.target, Array("EHLO usher.example\r\n".utf8)), .learned(Doors.legacy, promise("SIZE 1000", "DSN")),
        .send(.target, Array("QUIT\r\n".utf8)), .hangUp(.target), .finish,
      ])
  }

  @Test(arguments: [
    ("wrapper proxy-v2", PROXYHeader.local),
    ("wrapper proxy-v1", Array("PROXY TCP4 127.0.0.1 127.0.0.1 25 25\r\n".utf8)),
    ("wrapper transparent", []),
  ]) func saysThatThereIsNoClient(rules: String, preface: [UInt8]) {
    let context = context(rules)
    #expect(
      ask(context).first == .dial(.target, Dial(server: Doors.legacy, source: nil, preface: preface, isSpokenTo: false))
    )
  }

  @Test(arguments: ["554 a\r\n", "hello\r\n", "220 a\r\n550 no\r\n", "220 a\r\n250 a\r\nx"])
  func leavesWhateverIsSaid(text: String) {
    let instructions = ask(context(), Doors.legacy, text)
    #expect(instructions.suffix(2) == [.hangUp(.target), .finish])
    #expect(instructions.count { $0 == .finish } == 1)
  }

  @Test func onlyNarrowsWhatAClientWasOffered() {
    let context = context()
    context.promises[Doors.legacy.index] = promise("SIZE 500", "8BITMIME")
    #expect(ask(context, Doors.legacy, postfix).contains(.learned(Doors.legacy, promise("SIZE 500"))))
  }
}
