// MAIL and RCPT, as far as a decision or a promise needs them (RFC 5321 §4.1.1.2, §4.1.1.3).

/// The path and the parameters of a MAIL or RCPT command.
public struct MailCommand: Sendable, Hashable {
  /// The path without its angle brackets and without a source route (RFC 5321 §4.1.1.3 has it ignored).
  public let path: [UInt8]
  /// What follows: `SIZE=1000`, `SMTPUTF8`; keywords in upper case, values as said.
  public let parameters: [Parameter]

  /// `keyword` or `keyword=value`.
  public struct Parameter: Sendable, Hashable {
    public let keyword: String
    /// Nil without `=`.
    public let value: String?
  }

  /// - Parameter command: nil is answered for any other than MAIL and RCPT.
  public init?(_ command: Command) {
    guard ["MAIL", "RCPT"].contains(command.verb) else { return nil }
    let argument = command.argument
    let colon = argument.firstIndex(of: UInt8(ascii: ":")) ?? argument.startIndex - 1
    let (path, rest) = MailCommand.path(trimmed(argument[(colon + 1)...]))
    self.path = Array(path)
    parameters = rest.split(whereSeparator: isSpace).map(Parameter.init)
  }

  private static func path(_ text: ArraySlice<UInt8>) -> (path: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
    guard text.first == UInt8(ascii: "<") else {
      let path = text.prefix { !isSpace($0) }
      return (path, text[path.endIndex...])
    }
    let end = closingBracket(text) ?? text.endIndex
    return (withoutRoute(text[(text.startIndex + 1)..<end]), text[min(end + 1, text.endIndex)...])
  }

  /// A local part may quote anything, `>` too (RFC 5321 §4.1.2).
  private static func closingBracket(_ text: ArraySlice<UInt8>) -> Int? {
    var isQuoted = false
    var isEscaped = false
    for index in text.indices {
      switch text[index] {
      case _ where isEscaped: isEscaped = false
      case UInt8(ascii: "\\") where isQuoted: isEscaped = true
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: ">") where !isQuoted: return index
      default: break
      }
    }
    return nil
  }

  /// `@one,@two:user@example` is `user@example`.
  private static func withoutRoute(_ path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard path.first == UInt8(ascii: "@"), let colon = path.firstIndex(of: UInt8(ascii: ":")) else { return path }
    return path[(colon + 1)...]
  }
}

extension MailCommand.Parameter {
  init(_ word: ArraySlice<UInt8>) {
    let equals = word.firstIndex(of: UInt8(ascii: "=")) ?? word.endIndex
    keyword = String(decoding: word[..<equals].map(upperCased), as: UTF8.self)
    value = equals < word.endIndex ? String(decoding: word[(equals + 1)...], as: UTF8.self) : nil
  }
}

extension Command {
  /// The reverse-path of a MAIL command, without its angle brackets; nil for other commands.
  public var reversePath: [UInt8]? { verb == "MAIL" ? MailCommand(self)?.path : nil }
}
