import Foundation
import Glibc
import TLS

struct Unavailable: Error {
  let what: String
}

func makeListener() throws -> (descriptor: Int32, port: UInt16) {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  var address = loopback(0)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isListening = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, length) == 0 && listen(descriptor, 128) == 0 && getsockname(descriptor, $0, &length) == 0
    }
  }
  guard isListening else { throw Unavailable(what: "a port") }
  return (descriptor, UInt16(bigEndian: address.sin_port))
}

/// A blocking socket to that port of this machine.
func connected(to port: UInt16) throws -> Int32 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  var address = loopback(port)
  let result = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  guard result == 0 else { throw Unavailable(what: "a connection") }
  return descriptor
}

private func loopback(_ port: UInt16) -> sockaddr_in {
  sockaddr_in(
    sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian,
    sin_addr: in_addr(s_addr: UInt32(0x7F00_0001).bigEndian),
    sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
}

func unblock(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) }

/// Runs a program to its end.
@discardableResult
func run(_ command: [String], input: [UInt8] = [], keepOpen: Bool = false) throws -> (status: Int32, output: String) {
  let (process, standardInput, output) = (Process(), Pipe(), Pipe())
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  process.standardInput = standardInput
  process.standardOutput = output
  process.standardError = output
  signal(SIGPIPE, SIG_IGN)
  try process.run()
  let writer = standardInput.fileHandleForWriting
  Thread.detachNewThread {
    try? writer.write(contentsOf: input)
    if !keepOpen { try? writer.close() }
  }
  let bytes = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  if keepOpen { try? writer.close() }
  return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
}

/// A folder that goes with the test.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "usher-tls-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file.
  /// - Returns: its path.
  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    return path + "/" + name
  }

  /// A certificate as files.
  func write(_ certificate: ThrowAwayCertificate, as name: String) throws -> ServerContext.Files {
    .init(chain: try write(name + ".pem", certificate.chain), key: try write(name + ".key", certificate.key))
  }
}

extension ThrowAwayCertificate {
  static func valid(_ names: String...) throws -> ThrowAwayCertificate {
    try ThrowAwayCertificate(names: names, validFrom: -60, validUntil: 3600)
  }
}
