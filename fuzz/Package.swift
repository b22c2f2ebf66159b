// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets, in a package of their own: they are built, with all that they test, with the fuzzer's instrumentation.
// `fuzz/run` builds and runs them. A target is one executable whose main.swift calls `fuzz`.

let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "usher", path: "..")],
  targets: [
    .target(name: "Fuzzer"),
    .executableTarget(
      name: "rules", dependencies: ["Fuzzer", .product(name: "RuleLanguage", package: "usher")]),
    // The world around a session, and what it stands on, are those of Tests/SessionsTests.
    .executableTarget(name: "session", dependencies: ["Fuzzer", .product(name: "Sessions", package: "usher")]),
    .executableTarget(name: "hello", dependencies: ["Fuzzer", .product(name: "Peek", package: "usher")]),
  ]
)
