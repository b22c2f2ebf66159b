import Foundation
import Testing

// A machine whose first process is a real systemd, with usher installed in it.

/// Where usher is a service. Its files are this machine's, with those of `make install` over them.
struct ServiceMachine: Sendable {
  private let systemd: Daemon
  private let stage: Stage
  /// Ends it.
  private let child: Child

  static let program = Machine.project.appending(path: "Tests/EndToEndTests/Programs/service-machine").path

  /// Starts one in the servers' network.
  fileprivate init(on stage: Stage, rules: String) async throws {
    let folder = try stage.subfolder("machine")
    let root = folder.appending(path: "files")
    let units = Machine.project.appending(path: "packaging/systemd")
    for (source, target) in [
      (Machine.usher, "usr/local/sbin/usher"),
      (units.appending(path: "usher.service"), "etc/systemd/system/usher.service"),
      (units.appending(path: "usher.socket"), "etc/systemd/system/usher.socket"),
      (try stage.file("rules.yaml", rules), "etc/usher/rules.yaml"),
    ] {
      let target = root.appending(path: target)
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: source, to: target)
    }
    child = try stage.start("machine", ["sh", Self.program, "run", folder.path])
    systemd = try await child.daemon(named: "systemd")
    self.stage = stage
    try await until("it runs", or: { child.output }) {
      try await said("systemctl", "is-system-running").hasPrefix("running")
    }
  }

  func write(rules: String) throws { try Data(rules.utf8).write(to: systemd.file("/etc/usher/rules.yaml")) }

  func systemctl(_ words: String...) async throws {
    let child = try command(["systemctl"] + words)
    guard try await child.ended(within: .seconds(90)) == 0 else {
      throw Failure("systemctl \(words): \(child.output)\(try await journal())")
    }
  }

  /// Whether systemctl, told so, says that it failed.
  func refuses(_ words: String...) async throws -> Bool {
    try await command(["systemctl"] + words).ended(within: .seconds(90)) != 0
  }

  /// What systemd says of the service: `ActiveState`, `MainPID`, …
  func property(_ name: String) async throws -> String {
    try await said("systemctl", "show", "usher.service", "--value", "--property", name)
      .trimmingCharacters(in: .newlines)
  }

  /// The service's lines in the journal.
  func journal() async throws -> String {
    _ = try await said("journalctl", "--sync")
    return try await said("journalctl", "--unit", "usher.service", "--output", "cat")
  }

  /// What the kernel says of the service's process.
  func status(_ row: String) async throws -> String {
    let text = try await said("cat", "/proc/\(property("MainPID"))/status")
    return text.split(separator: "\n").first { $0.hasPrefix("\(row):") }.map(String.init) ?? text
  }

  private func said(_ words: String...) async throws -> String {
    let child = try command(words)
    try await child.ended(within: .seconds(60))
    return child.output
  }

  private func command(_ words: [String]) throws -> Child {
    try stage.start("inside", ["nsenter", "--target", "\(systemd.pid)", "--all", "--root", "--wd"] + words)
  }
}

extension Stage {
  func startMachine(rules: String) async throws -> ServiceMachine { try await ServiceMachine(on: self, rules: rules) }
}

extension Trait where Self == ConditionTrait {
  /// Skipped, and said so, where no second systemd can be started.
  static var withServiceMachine: Self {
    .enabled("a systemd of its own needs root, the right to mount, and that it is installed: sudo make test") {
      let folder = Machine.temporary("can")
      let can = try Child(
        name: "can", ["sh", ServiceMachine.program, "can", folder.path], log: Machine.temporary("log"))
      return try await can.ended(within: .seconds(60)) == 0
    }
  }
}
