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

  /// So many are said at once; who wrote more has one thing wrong many times.
  private static let most = 500

  private func add(
    _ severity: Diagnostic.Severity, _ kind: DiagnosticKind, _ place: Place, _ message: String, _ help: String?,
    _ notes: [(Place, String)]
  ) {
    guard found.count <= Report.most else { return }
    if found.count == Report.most {
      hasErrors = true
      return found.append((place, rest(place)))
    }
    let diagnostic = Diagnostic(
      severity: severity, kind: kind, file: file, position: source.position(place), message: message, help: help,
      notes: notes.map { Diagnostic.Note(position: source.position($0.0), message: $0.1) })
    found.append((place, diagnostic))
  }

  private func rest(_ place: Place) -> Diagnostic {
    Diagnostic(
      severity: .error, kind: .andMore, file: file, position: source.position(place),
      message: "that is \(Report.most) already; the rest is said when they are mended", help: nil, notes: [])
  }
}
