/// Something that is to be said of a rules file, and where.
public struct Diagnostic: Sendable, Hashable {
  /// Whether the file can be used in spite of it.
  public enum Severity: String, Sendable, Hashable { case error, warning }

  public var severity: Severity
  /// As the user gave it.
  public var file: String
  /// From 1.
  public var line: Int
  /// From 1, in characters.
  public var column: Int
  /// How many characters of the line are meant; at least one.
  public var length: Int
  /// What is wrong and what was expected, in one sentence without a full stop.
  public var message: String
  /// What would mend it: the nearest name, the choices; nil when the message says it all.
  public var help: String?
  /// The line as it stands in the file.
  public var source: String

  public init(
    severity: Severity, file: String, line: Int, column: Int, length: Int, message: String, help: String?,
    source: String
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.length = length
    self.message = message
    self.help = help
    self.source = source
  }
}
