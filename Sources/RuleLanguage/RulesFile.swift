public import Routing

/// A rules file that was read: what it says, and what is to be said of it.
public struct RulesFile: Sendable {
  /// What it says; nil when any diagnostic is an error.
  public let configuration: Configuration?
  /// All errors and warnings, in the order of the file.
  public let diagnostics: [Diagnostic]

  /// Reads a whole file. Effect-free: certificates and other files that it names are not opened.
  /// - Parameters:
  ///   - text: the bytes of the file, YAML in UTF-8.
  ///   - name: what diagnostics call it, a path as the user gave it.
  public init(_ text: [UInt8], name: String) {
    configuration = nil
    diagnostics = []
  }
}
