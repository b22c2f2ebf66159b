// A line of a mail client, as far as a decision needs it (RFC 5321 §4.1). What it means beyond that is the
// server's business, which gets the line as it was said.

/// A command line.
public struct Command: Sendable, Hashable {
  /// The line as it was said, without its end.
  public let line: [UInt8]

  /// - Parameter line: without its end.
  public init(_ line: [UInt8]) { self.line = line }

  /// Upper case; empty when the line begins with nothing that could be one.
  public var verb: String {
    let word = line.prefix { !isSpace($0) }
    return word.allSatisfy(Command.isOfVerb) ? String(decoding: word.map(upperCased), as: UTF8.self) : ""
  }

  /// What follows the verb, without white space around it.
  public var argument: [UInt8] { Array(trimmed(line.drop { !isSpace($0) })) }

  /// Whether two readers could see different commands in it: stunnel 5.68 ends a line at NUL and skips CR, others do not.
  public var isAmbiguous: Bool { line.contains { $0 == 0 || $0 == UInt8(ascii: "\r") } }

  /// The line as it is sent on: its end is CRLF, however the client ended it.
  public var bytes: [UInt8] { line + crlf }

  private static func isOfVerb(_ byte: UInt8) -> Bool {
    (65...90).contains(upperCased(byte)) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
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
  /// The command as it was said.
  public let command: Command

  /// - Parameter command: any command; nil is answered when it is no hello or has no name.
  public init?(_ command: Command) {
    guard let verb = Verb(rawValue: command.verb), !command.argument.isEmpty else { return nil }
    self.verb = verb
    self.command = command
  }

  /// The name that it gave.
  public var name: [UInt8] { command.argument }
  /// Whether its reply tells extensions.
  public var asksForExtensions: Bool { verb != .helo }
}

let crlf: [UInt8] = [13, 10]

func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

func upperCased(_ byte: UInt8) -> UInt8 { (97...122).contains(byte) ? byte - 32 : byte }

func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  let tail = bytes.drop(while: isSpace)
  return tail.prefix((tail.lastIndex { !isSpace($0) } ?? tail.startIndex - 1) - tail.startIndex + 1)
}
