// swift-tools-version: 6.2
import PackageDescription

// What loads a proxy and what stands behind it, as a package of its own: it shares nothing with usher, so that what is
// measured cannot flatter what measures it.

let package = Package(
  name: "bench",
  targets: [
    .target(name: "CEpoll"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .target(name: "Traffic", dependencies: ["CEpoll"]),
    .executableTarget(name: "sink", dependencies: ["Traffic"]),
    .executableTarget(name: "load", dependencies: ["Traffic", "COpenSSL"]),
  ]
)
