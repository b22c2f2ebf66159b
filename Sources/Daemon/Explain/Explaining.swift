import Kernel
import Routing
import SystemPackage
import Wire

/// `usher explain`: where a client would go, and why.
public struct Explaining: Sendable {
  /// The rules file; `-` is the standard input.
  public var file: String
  /// The listener; nil is the only one there is.
  public var listener: String?
  public var client: ImaginedClient
  /// A file of what the client sends, raw or in hexadecimal; `-` is the standard input.
  public var bytes: String?
  public var format: OutputFormat

  public init(file: String, listener: String?, client: ImaginedClient, bytes: String?, format: OutputFormat) {
    self.file = file
    self.listener = listener
    self.client = client
    self.bytes = bytes
    self.format = format
  }

  /// Explains, and prints it.
  public func run() -> Outcome {
    switch Loading(file).configuration(saying: .errors, warnings: false) {
    case .failure(let ended): return ended.code
    case .success(let configuration):
      do {
        Output.standard.write(try explanation(configuration, Output.standard))
        return .fine
      } catch let error as ContradictoryWords {
        Output.errors.line("\(Output.errors.paint("error:", .boldRed)) \(error.reason)")
        return .wrongWords
      } catch {
        Output.errors.line("\(Output.errors.paint("error:", .boldRed)) \(error)")
        return .wrongWorld
      }
    }
  }

  func explanation(_ configuration: Configuration, _ output: Output) throws -> String {
    let listener = try chosenListener(configuration)
    var client = client
    if let bytes { client.bytes = try read(bytes) }
    try client.validate(hasDialogue: listener.dialogue != nil)
    let story = Story(
      of: client, at: client.local ?? listener.firstDoor, listener, configuration.settings.limits)
    let reasoning = Reasoning(story, listener.rules)
    switch format {
    case .json: return reasoning.json(configuration, listener, ending: story.ending).text + "\n"
    case .text:
      return Picture(
        reasoning: reasoning, configuration: configuration, listener: listener, ending: story.ending,
        output: output
      ).text
    }
  }

  private func chosenListener(_ configuration: Configuration) throws(ContradictoryWords) -> Listener {
    let names = configuration.listeners.map(\.name.printable).joined(separator: ", ")
    guard let listener else {
      if configuration.listeners.count == 1 { return configuration.listeners[0] }
      throw ContradictoryWords(reason: "there are several listeners, so --listener must name one of them: \(names)")
    }
    guard let found = configuration.listeners.first(where: { $0.name == listener }) else {
      throw ContradictoryWords(reason: "there is no listener \(listener.printable); there are: \(names)")
    }
    return found
  }

  private func read(_ path: String) throws(Misfortune) -> [UInt8] {
    do {
      let bytes = try File.contents(of: path, atMost: 1 << 20)
      return Hexadecimal.bytes(of: bytes) ?? bytes
    } catch {
      throw Misfortune(reason: "\(path.printable) cannot be read: \(error)")
    }
  }
}

/// Bytes as people write them down: `16 03 01`, with comments from `#` to the end of a line.
enum Hexadecimal {
  /// Nil when it is anything else.
  static func bytes(of text: [UInt8]) -> [UInt8]? {
    let lines = text.split(separator: UInt8(ascii: "\n")).map { $0.prefix { $0 != UInt8(ascii: "#") } }
    let digits = lines.joined().filter { ![9, 13, 32].contains($0) }
    let values = digits.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard values.count == digits.count, !values.isEmpty, values.count % 2 == 0 else { return nil }
    return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
  }
}

extension Listener {
  /// Where a client could arrive.
  fileprivate var firstDoor: Endpoint {
    for case .endpoint(let endpoint) in doors { return endpoint }
    return .tcp(IPAddress(v4: 0x7F00_0001), port: 25)
  }
}
