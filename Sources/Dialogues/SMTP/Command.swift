// A line of a mail client, as far as a decision needs it (RFC 5321 §4.1). What it means beyond that is the
// server's business, which gets the line as it was said.

/// A command line.
public struct Command: Sendable, Hashable {
  /// Upper case; empty when the line begins with none.
  public let verb: String
  /// What follows the verb, without white space around it.
  public let argument: [UInt8]
  /// The line as it was said, without its end.
  public let line: [UInt8]

  /// - Parameter line: without its end.
  public init(_ line: [UInt8]) {
    self.line = line
    let verb = line.prefix { Command.isLetter($0) }
    self.verb = String(decoding: verb.map { $0 & 0xDF }, as: UTF8.self)
    self.argument = Command.trimmed(line.dropFirst(verb.count))
  }

  /// Whether two readers could see different commands in it: stunnel 5.68 ends a line at NUL and skips CR, others do not.
  public var isAmbiguous: Bool { line.contains { $0 == 0 || $0 == UInt8(ascii: "\r") } }

  /// The reverse-path of a MAIL command, without its angle brackets; nil for other commands.
  public var reversePath: [UInt8]? {
    guard verb == "MAIL" else { return nil }
    let colon = argument.firstIndex(of: UInt8(ascii: ":")) ?? argument.startIndex - 1
    let path = Command.trimmed(argument[(colon + 1)...])
    guard path.first == UInt8(ascii: "<") else { return Array(path.prefix { $0 != UInt8(ascii: " ") }) }
    return Array(path.dropFirst().prefix { $0 != UInt8(ascii: ">") })
  }

  /// The line as it is sent on: its end is CRLF, however the client ended it.
  public var bytes: [UInt8] { line + crlf }

  private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte & 0xDF) && byte < 128 }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    let tail = bytes.drop(while: isSpace)
    return Array(tail.prefix((tail.lastIndex { !isSpace($0) } ?? tail.startIndex - 1) - tail.startIndex + 1))
  }
}

/// How a client introduced itself.
public struct Hello: Sendable, Hashable {
  /// Which of the three: only EHLO and LHLO are answered by a list of extensions.
  public enum Verb: String, Sendable, Hashable {
    case ehlo = "EHLO"
    case helo = "HELO"
    /// LMTP (RFC 2033 §4.1).
    case lhlo = "LHLO"
  }
  public let verb: Verb
  /// The name that it gave.
  public let name: [UInt8]
  /// The command as it was said.
  public let command: Command

  /// - Parameter command: any command; nil is answered when it is no hello or has no name.
  public init?(_ command: Command) {
    guard let verb = Verb(rawValue: command.verb), !command.argument.isEmpty else { return nil }
    self.verb = verb
    self.name = command.argument
    self.command = command
  }
}

let crlf: [UInt8] = [13, 10]
