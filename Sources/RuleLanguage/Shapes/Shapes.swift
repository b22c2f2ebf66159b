/// All mappings of a rules file.
enum Shapes {
  /// A mapping without the draft that it is read into.
  struct Table: Sendable {
    let noun: String
    let rows: [KeyRow]

    fileprivate init<Draft>(_ shape: Shape<Draft>) {
      noun = shape.noun
      rows = shape.rows
    }
  }

  /// In the order of the reference.
  static let all: [Table] = [
    Table(file), Table(listener), Table(rule), Table(when), Table(server), Table(certificate), Table(settings),
    Table(log),
    Table(timeouts), Table(limits),
  ]
}
