public import Routing

/// A rules file that was read: what it says, and what is to be said of it.
public struct RulesFile: Sendable {
  /// What it says; nil when any diagnostic is an error.
  public let configuration: Configuration?
  /// All errors and warnings, in the order of the file. Warnings are looked for in a file without errors only: half a file
  /// would seem to say much that it does not.
  public let diagnostics: [Diagnostic]

  /// Reads a whole file. Effect-free: certificates and other files that it names are not opened.
  /// - Parameters:
  ///   - text: the bytes of the file, YAML in UTF-8.
  ///   - name: what diagnostics call it, a path as the user gave it.
  public init(_ text: [UInt8], name: String) {
    let isTooLarge = text.count > YAMLLimits.bytes
    let source = SourceText(isTooLarge ? [] : text)
    let report = Report(source, file: name)
    if isTooLarge {
      report.error(.tooLarge, Place(0, 1), "the file is larger than \(YAMLLimits.bytes / 1024 / 1024) MiB")
    }
    configuration = isTooLarge ? nil : RulesFile.configuration(source, report)
    diagnostics = report.diagnostics
  }

  private static func configuration(_ source: SourceText, _ report: Report) -> Configuration? {
    guard source.isReadable(report), let root = YAMLReader.document(source, report),
      let draft = Shapes.file.read(root, report)
    else { return nil }
    let configuration = Resolution(draft, report).configuration()
    Checks(draft: draft, report: report).run()
    guard !report.hasErrors else { return nil }
    Lints(draft: draft, configuration: configuration, report: report).run()
    return report.hasErrors ? nil : configuration
  }
}
