import Foundation

/// The usher that was built with the tests.
enum Program {
  /// The top of the project.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let path: URL = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("usher")
  }()

  struct Ending: Equatable {
    var code: Int32
    var output: String
    var errors: String
  }

  /// Runs it at the top of the project, to its end.
  static func run(_ arguments: [String], input: String = "") throws -> Ending {
    let (process, standardInput, output, errors) = (Process(), Pipe(), Pipe(), Pipe())
    process.executableURL = path
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.standardInput = standardInput
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    // Both are less than a pipe holds.
    let text = [output, errors].map { String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
    process.waitUntilExit()
    return Ending(code: process.terminationStatus, output: text[0], errors: text[1])
  }

  static func contents(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}
