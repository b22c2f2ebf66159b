/// Something that is to be said of a rules file, and where.
public struct Diagnostic: Sendable, Hashable {
  /// Whether the file can be used in spite of it.
  public enum Severity: String, Sendable, Hashable { case error, warning }

  /// Another place that has to do with it.
  public struct Note: Sendable, Hashable {
    public var position: Position
    /// What is there, without a full stop.
    public var message: String

    public init(position: Position, message: String) {
      self.position = position
      self.message = message
    }
  }

  /// A piece of one line.
  public struct Position: Sendable, Hashable {
    /// From 1.
    public var line: Int
    /// From 1, in characters.
    public var column: Int
    /// How many characters of the line are meant; at least one.
    public var length: Int
    /// The line as it stands in the file, without its end.
    public var source: String

    public init(line: Int, column: Int, length: Int, source: String) {
      self.line = line
      self.column = column
      self.length = length
      self.source = source
    }
  }

  public var severity: Severity
  /// Which one it is of those that there are; `docs/rules.md` explains each.
  public var kind: DiagnosticKind
  /// As the user gave it.
  public var file: String
  public var position: Position
  /// What is wrong and what was expected, in one sentence without a full stop.
  public var message: String
  /// What would mend it: the nearest name, the choices; nil when the message says it all.
  public var help: String?
  /// Other places that have to do with it, in the order in which they are to be read.
  public var notes: [Note]

  public init(
    severity: Severity, kind: DiagnosticKind, file: String, position: Position, message: String, help: String?,
    notes: [Note]
  ) {
    self.severity = severity
    self.kind = kind
    self.file = file
    self.position = position
    self.message = message
    self.help = help
    self.notes = notes
  }

  /// From 1.
  public var line: Int { position.line }
  /// From 1, in characters.
  public var column: Int { position.column }
  /// How many characters of the line are meant; at least one.
  public var length: Int { position.length }
  /// The line as it stands in the file.
  public var source: String { position.source }
}
