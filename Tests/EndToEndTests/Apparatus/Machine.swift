import Foundation
import Testing

// What this machine has, and where the project is on it.

enum Machine {
  /// The top folder of the project.
  static let project = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The program under test: USHER_BINARY, else the one that was built with the tests, beside them.
  static let usher: URL =
    ProcessInfo.processInfo.environment["USHER_BINARY"].map { URL(filePath: $0) }
    ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "usher")

  /// The mail servers run in images, and those want root and the right to mount (`scripts/server-image`).
  static let hasMailServers: Bool = {
    let can = try? Child(name: "server-image", [serverImage, "can"], log: temporary("can"))
    while can?.exitCode == nil { usleep(1000) }
    return can?.exitCode == 0
  }()

  static let serverImage = project.appending(path: "scripts/server-image").path

  static func has(_ program: String) -> Bool {
    ["/usr/bin", "/usr/sbin", "/usr/local/bin"].contains { access("\($0)/\(program)", X_OK) == 0 }
  }

  /// The folder of this run of the tests; servers with users of their own may enter.
  static let scratch: URL = {
    let url = FileManager.default.temporaryDirectory.appending(path: "usher-tests-\(getpid())")
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    chmod(url.path, 0o755)
    return url
  }()

  /// A file that nobody else uses.
  static func temporary(_ name: String) -> URL { scratch.appending(path: "\(name)-\(UUID().uuidString)") }
}

extension Trait where Self == ConditionTrait {
  /// Skipped, and said so, where mail servers cannot be run.
  static var withMailServers: Self {
    .enabled(if: Machine.hasMailServers, "real mail servers need root and the right to mount: sudo make test")
  }

  /// Skipped, and said so, where a program is not installed.
  static func with(_ program: String) -> Self {
    .enabled(if: Machine.has(program), "\(program) is not installed: scripts/bootstrap test")
  }
}
