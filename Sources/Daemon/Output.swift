import Kernel

/// Where a command writes: the standard output or the standard error, in colour where a person looks at it.
public struct Output: Sendable {
  private let descriptor: Int32
  /// Whether colour is used.
  let isColoured: Bool

  /// What was asked for: text and diagrams, the answer of the command.
  public static let standard = Output(1)
  /// What is to be said of it: errors, warnings, the log.
  public static let errors = Output(2)

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
    // no-color.org, and a terminal that says it has none.
    let isUnwanted = !(Host.environment("NO_COLOR") ?? "").isEmpty || Host.environment("TERM") == "dumb"
    isColoured = Host.isTerminal(descriptor) && !isUnwanted
  }

  /// Without colour, whoever looks.
  init(plain descriptor: Int32) {
    self.descriptor = descriptor
    isColoured = false
  }

  /// Writes text as it is.
  func write(_ text: String) { File.write(Array(text.utf8), to: descriptor) }

  /// Writes text and a line end.
  public func line(_ text: String) { write(text + "\n") }

  /// The text in that colour, if colour is used.
  func paint(_ text: String, _ colour: Colour) -> String {
    isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// ECMA-48 §8.3.117, Select Graphic Rendition.
enum Colour: String {
  case bold = "1"
  case dim = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case blue = "34"
  case magenta = "35"
  case cyan = "36"
  case boldRed = "1;31"
  case boldGreen = "1;32"
}
