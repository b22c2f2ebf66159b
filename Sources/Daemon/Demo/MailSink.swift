import Dialogues
import Kernel
import SystemPackage
import TLS
import Wire

/// A letter that arrived at a sink of the demonstration.
struct Letter: Sendable, Hashable {
  /// The sink.
  var server: String
  /// Where its client comes from, as usher has told the sink.
  var client: String
  /// `plaintext`, `STARTTLS` or `TLS at once`.
  var way: String
  /// As the client introduced itself: `EHLO client.example`.
  var hello = ""
  var sender = ""
  var recipients: [String] = []
  /// The value of its Subject field.
  var subject = ""
  /// Of headers and text.
  var bytes = 0
}

/// A mail server that keeps nothing: it says what it got. With a certificate it takes TLS as stunnel with `protocol = smtp` does:
/// it waits 200 ms for a ClientHello, else it greets and wants STARTTLS.
final class MailSink: Sendable {
  let name: String
  /// Where it listens.
  let endpoint: Endpoint
  private let door: Descriptor
  private let context: ServerContext?
  private let arrived: @Sendable (Letter) -> Void

  /// Listens at a free port of 127.0.0.1.
  init(name: String, context: ServerContext?, arrived: @escaping @Sendable (Letter) -> Void) throws(Errno) {
    let loopback = Endpoint.tcp(IPAddress(v4: 0x7F00_0001), port: 0)
    let door = try Descriptor.streamSocket(for: loopback)
    try door.bind(to: loopback)
    try door.listen(backlog: 64)
    self.name = name
    endpoint = try door.localEndpoint()
    self.door = door
    self.context = context
    self.arrived = arrived
  }

  /// Serves each client in a thread of its own, until the process ends.
  func open() {
    Thread.detach("demo-\(name)") { [self] in
      while true {
        var client = Endpoint.unix("")
        _ = try? door.wait(until: .readable, before: Instant(nanoseconds: .max))
        guard let socket = try? door.accept(from: &client).relinquish() else { continue }
        Thread.detach("demo-client") { [self] in
          try? serve(Talk(Descriptor(owning: socket), deadline: .now + .seconds(300)))
        }
      }
    }
  }

  private func serve(_ talk: Talk) throws(TalkError) {
    // `client-address: proxy-v1`: PROXY TCP4 SOURCE DESTINATION PORT PORT
    guard let words = try talk.words(), words.count == 6, words[0] == "PROXY" else { return }
    var letter = Letter(server: name, client: "\(words[2]):\(words[4])", way: "plaintext")
    if let context {
      guard let way = try encrypt(talk, context) else { return }
      letter.way = way
    }
    if letter.way != "STARTTLS" { try talk.say("220 \(name) ESMTP of usher demo") }
    try receive(letter, talk)
  }

  /// How TLS came about; nil when the client wanted something else, which stunnel answers with a reset.
  private func encrypt(_ talk: Talk, _ context: ServerContext) throws(TalkError) -> String? {
    if talk.hasArrival(before: .now + .milliseconds(200)) {
      try talk.secure(context)
      return "TLS at once"
    }
    try talk.say("220 \(name) stunnel for ESMTP of usher demo")
    guard let hello = try talk.words(), hello.first == "EHLO" else { return nil }
    try talk.say("250-\(name)\r\n250 STARTTLS")
    guard let command = try talk.words(), command == ["STARTTLS"] else { return nil }
    try talk.say("220 Go ahead")
    try talk.secure(context)
    return "STARTTLS"
  }

  private func receive(_ blank: Letter, _ talk: Talk) throws(TalkError) {
    var letter = blank
    while let line = try talk.line() {
      let command = Command(line)
      switch command.verb {
      case "EHLO", "HELO", "LHLO":
        letter.hello = command.text
        try talk.say(
          command.verb == "HELO" ? "250 \(name)" : "250-\(name)\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 HELP")
      case "MAIL":
        letter.sender = command.reversePath.map { String(decoding: $0, as: UTF8.self) } ?? ""
        try talk.say("250 2.1.0 Ok")
      case "RCPT":
        letter.recipients.append(command.path)
        try talk.say("250 2.1.5 Ok")
      case "DATA":
        try talk.say("354 End data with <CR><LF>.<CR><LF>")
        try receiveText(of: &letter, talk)
        arrived(letter)
        (letter.recipients, letter.bytes, letter.subject) = ([], 0, "")
        try talk.say("250 2.0.0 Ok: thrown away")
      case "RSET", "NOOP": try talk.say("250 2.0.0 Ok")
      case "QUIT": return try talk.say("221 2.0.0 Bye")
      default: try talk.say("502 5.5.2 Error: this is a demonstration")
      }
    }
  }

  private func receiveText(of letter: inout Letter, _ talk: Talk) throws(TalkError) {
    while let line = try talk.line(), line != [UInt8(ascii: ".")] {
      letter.bytes += line.count + 2
      let text = String(decoding: line, as: UTF8.self)
      if letter.subject.isEmpty, text.lowercased().hasPrefix("subject:") {
        letter.subject = String(text.dropFirst(8).drop { $0 == " " })
      }
    }
  }
}

extension Talk {
  fileprivate func say(_ text: String) throws(TalkError) { try send(Array("\(text)\r\n".utf8)) }

  /// The words of the next line, the first in upper case.
  fileprivate func words() throws(TalkError) -> [String]? {
    guard let line = try line() else { return nil }
    var words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
    if !words.isEmpty { words[0] = words[0].uppercased() }
    return words
  }
}

extension Command {
  fileprivate var text: String { String(decoding: line, as: UTF8.self) }

  /// What stands between the angle brackets of `RCPT TO:<path>`.
  fileprivate var path: String {
    let argument = String(decoding: argument, as: UTF8.self)
    let tail = argument.drop { $0 != "<" }.dropFirst()
    return String(tail.prefix { $0 != ">" })
  }
}
