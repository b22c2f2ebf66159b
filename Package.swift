// swift-tools-version: 6.2
import PackageDescription

// The layers, from the bottom up. A target imports only what stands here: the build is run with
// `--explicit-target-dependency-import-check error`, and Tests/ProjectTests reads the imports once more.

/// On the path of every connection. That two accesses overlap is a programmer's error, which the debug build, and so every
/// test, traps; looking for it at run time is a tenth of what usher itself does for a connection.
let hot: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

/// Pure: no clock, no descriptor, no task, no library.
let pure: [SwiftSetting] = [.strictMemorySafety(), .enableExperimentalFeature("Lifetimes")] + hot

let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "usher",
  products: [
    .executable(name: "usher", targets: ["usher"]),
    // For fuzz/.
    .library(name: "Peek", targets: ["Peek"]),
    .library(name: "Sessions", targets: ["Sessions"]),
    .library(name: "RuleLanguage", targets: ["RuleLanguage"]),
  ],
  dependencies: [
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // System libraries, and the C that Swift cannot say.
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .target(name: "CLinux"),

    // Pure.
    .target(name: "Wire", swiftSettings: pure),
    .target(name: "Peek", dependencies: ["Wire"], swiftSettings: pure),
    .target(name: "Dialogues", dependencies: ["Wire"], swiftSettings: pure),

    // Effect-free.
    .target(name: "Patterns", dependencies: ["Wire", "CPCRE2"], swiftSettings: hot),
    .target(name: "Routing", dependencies: ["Wire", "Peek", "Patterns"], swiftSettings: hot),
    .target(name: "Sessions", dependencies: ["Wire", "Peek", "Dialogues", "Routing"], swiftSettings: hot),
    .target(name: "RuleLanguage", dependencies: ["Wire", "Routing", "Patterns", "CYAML"]),

    // Edge.
    .target(name: "Kernel", dependencies: ["Wire", "CLinux", system], swiftSettings: hot),
    .target(name: "TLS", dependencies: ["Wire", "Kernel", "COpenSSL"], swiftSettings: hot),
    .target(
      name: "Engine", dependencies: ["Wire", "Routing", "Sessions", "Dialogues", "Kernel", "TLS"], swiftSettings: hot),
    .target(
      name: "Daemon",
      dependencies: [
        "Wire", "Peek", "Dialogues", "Routing", "Engine", "RuleLanguage", "Sessions", "Kernel", "TLS", histogram,
        logging, system,
      ]),
    .executableTarget(name: "usher", dependencies: ["Daemon", "Routing", "Wire", argumentParser]),

    // Tests.
    .testTarget(name: "WireTests", dependencies: ["Wire"]),
    .testTarget(name: "PeekTests", dependencies: ["Peek", "Wire"]),
    .testTarget(name: "DialoguesTests", dependencies: ["Dialogues", "Wire"]),
    .testTarget(name: "PatternsTests", dependencies: ["Patterns", "Wire"]),
    .testTarget(name: "RoutingTests", dependencies: ["Routing", "Patterns", "Peek", "Wire"]),
    .testTarget(name: "SessionsTests", dependencies: ["Sessions", "Routing", "Dialogues", "Peek", "Patterns", "Wire"]),
    .testTarget(name: "RuleLanguageTests", dependencies: ["RuleLanguage", "Routing", "Patterns", "Peek", "Wire"]),
    .testTarget(name: "KernelTests", dependencies: ["Kernel", "Wire", system]),
    .testTarget(name: "TLSTests", dependencies: ["TLS", "Kernel", "Wire"]),
    .testTarget(name: "EngineTests", dependencies: ["Engine", "Sessions", "Routing", "Kernel", "TLS", "Wire"]),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Daemon", "Dialogues", "Engine", "Kernel", "Peek", "RuleLanguage", "Routing", "Sessions", "TLS", "Wire",
        "usher",
        logging,
      ]),
    .testTarget(name: "ProjectTests"),
    .testTarget(name: "EndToEndTests", dependencies: ["usher"], exclude: ["Programs"]),
  ]
)
