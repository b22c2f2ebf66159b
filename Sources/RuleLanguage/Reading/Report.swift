/// What is to be said of a file, gathered while it is read.
final class Report {
  let source: SourceText
  private let file: String
  private var found: [(place: Place, diagnostic: Diagnostic)] = []

  /// - Parameter file: what diagnostics call it.
  init(_ source: SourceText, file: String) {
    self.source = source
    self.file = file
  }

  /// Whether the file cannot be used.
  private(set) var hasErrors = false

  /// In the order of the file; each once, though an alias may have repeated what it is about.
  var diagnostics: [Diagnostic] {
    var seen: Set<Diagnostic> = []
    return found.enumerated()
      .sorted { ($0.element.place.start, $0.offset) < ($1.element.place.start, $1.offset) }
      .map(\.element.diagnostic).filter { seen.insert($0).inserted }
  }

  func error(
    _ kind: DiagnosticKind, _ place: Place, _ message: String, help: String? = nil, notes: [(Place, String)] = []
  ) {
    hasErrors = true
    add(.error, kind, place, message, help, notes)
  }

  func warning(
    _ kind: DiagnosticKind, _ place: Place, _ message: String, help: String? = nil, notes: [(Place, String)] = []
  ) {
    add(.warning, kind, place, message, help, notes)
  }

  private func add(
    _ severity: Diagnostic.Severity, _ kind: DiagnosticKind, _ place: Place, _ message: String, _ help: String?,
    _ notes: [(Place, String)]
  ) {
    let diagnostic = Diagnostic(
      severity: severity, kind: kind, file: file, position: source.position(place), message: message, help: help,
      notes: notes.map { Diagnostic.Note(position: source.position($0.0), message: $0.1) })
    found.append((place, diagnostic))
  }
}
