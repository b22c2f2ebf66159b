import Testing

/// Who may import whom: the table of ARCHITECTURE.md. The build checks Package.swift; this checks what is written in it.
private let layers: [(target: String, mayImport: Set<String>)] = [
  ("Wire", []),
  ("Peek", ["Wire"]),
  ("Dialogues", ["Wire"]),
  ("Patterns", ["Wire", "CPCRE2"]),
  ("Routing", ["Wire", "Peek", "Patterns"]),
  ("Sessions", ["Wire", "Peek", "Dialogues", "Routing"]),
  ("RuleLanguage", ["Wire", "Routing", "Patterns", "CYAML"]),
  ("Kernel", ["Wire", "CLinux", "SystemPackage", "Glibc", "Synchronization"]),
  ("TLS", ["Wire", "Kernel", "COpenSSL", "CLinux", "SystemPackage", "Glibc", "Synchronization"]),
  (
    "Engine",
    [
      "Wire", "Routing", "Sessions", "Dialogues", "Kernel", "TLS", "CLinux", "SystemPackage", "Glibc",
      "Synchronization",
    ]
  ),
]

private let pure = ["Wire", "Peek", "Dialogues"]

@Suite struct LayerTests {
  @Test(arguments: layers.map(\.target)) func importsPointDownwards(target: String) throws {
    let allowed = layers.first { $0.target == target }!.mayImport
    for (file, module) in try imports(of: target) {
      #expect(allowed.contains(module), "\(file) imports \(module)")
    }
  }

  @Test func everyTargetBelowTheDaemonHasARow() {
    let folders = Set(Repository.files(below: "Sources", ending: ".swift").map { String($0.split(separator: "/")[1]) })
    #expect(folders.subtracting(["Daemon", "usher"]) == Set(layers.map(\.target)))
  }

  /// Foundation makes the program four times as large, and its start slower.
  @Test func nothingImportsFoundation() throws {
    for (file, module) in try imports(of: "") { #expect(!module.hasPrefix("Foundation"), "\(file)") }
  }

  /// What a pure target must not even name: time, tasks, threads, output.
  @Test(arguments: pure) func pureTargetsOnlyCompute(target: String) throws {
    let forbidden = ["print(", "ContinuousClock", "SuspendingClock", "Task {", "Task.", "async ", "await ", "Thread"]
    for file in Repository.files(below: "Sources/\(target)", ending: ".swift") {
      for line in try Repository.lines(file) where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        for word in forbidden { #expect(!line.contains(word), "\(file): \(line)") }
      }
    }
  }

  /// May call a library, but holds no descriptor, clock, thread or log.
  @Test(arguments: ["Patterns", "Routing", "Sessions", "RuleLanguage"]) func nothingBelowTheEdgeHasEffects(
    target: String
  ) throws {
    let forbidden: Set = [
      "print", "ContinuousClock", "Task", "async", "await", "Thread", "Mutex", "Logger", "Descriptor",
    ]
    for file in Repository.files(below: "Sources/\(target)", ending: ".swift") {
      for line in try Repository.lines(file) where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        let words = line.split { !$0.isLetter }.map(String.init)
        #expect(forbidden.isDisjoint(with: words) || line.contains("\""), "\(file): \(line)")
      }
    }
  }

  @Test(arguments: pure) func pureTargetsAreUnderStrictMemorySafety(target: String) throws {
    #expect(try Repository.text("Package.swift").contains("name: \"\(target)\", "))
    let row = try Repository.lines("Package.swift").first { $0.contains(".target(name: \"\(target)\"") }
    #expect(row?.contains("swiftSettings: pure") == true)
  }

  private func imports(of target: String) throws -> [(file: String, module: String)] {
    let modifiers: Set = ["public", "private", "internal", "package", "fileprivate", "@preconcurrency", "@testable"]
    let folder = target.isEmpty ? "Sources" : "Sources/\(target)"
    return try Repository.files(below: folder, ending: ".swift").flatMap { file in
      try Repository.lines(file).compactMap { line -> (String, String)? in
        let words = line.split(separator: " ").drop { modifiers.contains(String($0)) }
        guard words.first == "import", let module = words.dropFirst().last else { return nil }
        return (file, String(module.split(separator: ".")[0]))
      }
    }
  }
}
