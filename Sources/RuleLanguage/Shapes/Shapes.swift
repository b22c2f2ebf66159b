/// All mappings of a rules file.
enum Shapes {
  /// A mapping without the draft that it is read into.
  struct Table: Sendable {
    let noun: String
    let rows: [KeyRow]
    /// Reads such a mapping, for what there is to be said of it.
    let examine: @Sendable (Node, Report) -> Void

    fileprivate init<Into>(_ shape: Shape<Into>) {
      noun = shape.noun
      rows = shape.rows
      examine = { node, report in _ = shape.read(node, report) }
    }
  }

  /// In the order of the reference.
  static let all: [Table] = [
    Table(file), Table(listener), Table(grace), Table(rule), Table(when), Table(server), Table(health),
    Table(certificate),
    Table(settings),
    Table(log),
    Table(timeouts), Table(limits),
  ]
}
