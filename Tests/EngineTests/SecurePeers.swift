import Foundation
import Kernel
import Routing
import TLS
import Wire

// Clients that speak TLS, and what stands behind them.

/// Certificates as files, one a name; they go when the process does.
enum Certificates {
  private static let folder = NSTemporaryDirectory() + "usher-engine-\(getpid())"

  static func files(for name: String) throws -> CertificateFiles {
    let certificate = try ThrowAwayCertificate(names: [name], validFrom: -60, validUntil: 3600)
    let path = folder + "/" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data(certificate.chain).write(to: URL(fileURLWithPath: path + "/chain.pem"))
    try Data(certificate.key).write(to: URL(fileURLWithPath: path + "/key.pem"))
    return CertificateFiles(chain: path + "/chain.pem", key: path + "/key.pem")
  }
}

/// `openssl s_client`.
final class RealClient {
  private let process = Process()
  private let received = Pipe()
  private let toSend = Pipe()

  /// - Parameter keepOpen: whether its input does not end.
  init(_ door: Endpoint, _ options: [String], input: [UInt8], keepOpen: Bool = false) throws {
    signal(SIGPIPE, SIG_IGN)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "30", "openssl", "s_client", "-connect", "\(door)"] + options
    process.standardInput = toSend
    process.standardOutput = received
    process.standardError = FileHandle.nullDevice
    try process.run()
    let writer = toSend.fileHandleForWriting
    Thread.detachNewThread {
      try? writer.write(contentsOf: input)
      if !keepOpen { try? writer.close() }
    }
  }

  /// All that it said, when it has ended.
  func output() -> [UInt8] {
    defer { process.waitUntilExit() }
    return Array(received.fileHandleForReading.readDataToEndOfFile())
  }
}

/// A TLS connection of the test's own, for what a real client cannot be made to do.
final class SecurePlug {
  private var session: ClientSession
  private let descriptor: Descriptor
  private(set) var end: Step?

  private static let context = Result { try ClientContext() }

  init(to endpoint: Endpoint) throws {
    descriptor = try Descriptor.streamSocket(for: endpoint)
    session = ClientSession(try Self.context.get(), descriptor: descriptor.number, serverName: nil)
    _ = try descriptor.connect(to: endpoint)
    try finish { session.handshake() }
  }

  /// What such a client says first.
  static func hello() throws -> [UInt8] {
    let listener = try Socket()
    let descriptor = try Descriptor.streamSocket(for: listener.endpoint)
    _ = try descriptor.connect(to: listener.endpoint)
    let accepted = try listener.accept()
    var session = ClientSession(try context.get(), descriptor: descriptor.number, serverName: "mail.example")
    while session.handshake() == .wantsWrite || session.hasUnsent { usleep(1000) }
    return try accepted.receive()
  }

  var certificate: Certificate? { session.server?.certificate }

  func send(_ text: String) throws {
    try finish { Array(text.utf8).withUnsafeBytes { session.write($0) } }
    try finish { session.flush() }
  }

  func endWriting() throws { try finish { session.endWriting() } }

  /// Sends the beginning of a record, and FIN in the same segment.
  func breakOff() throws {
    _ = try SecurePlug.halfARecord.withUnsafeBytes { try descriptor.send($0, isFollowed: true) }
    try descriptor.shutdownWriting()
  }

  /// The header of a record of 100 bytes, and two of them.
  static let halfARecord: [UInt8] = [0x17, 3, 3, 0, 100, 1, 2]

  /// All until the end, of which `end` tells.
  func receiveAll() throws -> [UInt8] {
    var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    while true {
      let step = try finish { buffer.withUnsafeMutableBytes { session.read(into: $0) } }
      guard case .done(let count) = step else {
        end = step
        return all
      }
      all += buffer[..<count]
    }
  }

  /// Waits for the socket as often as the step wants, ten seconds at most.
  @discardableResult
  private func finish(_ step: () -> Step) throws -> Step {
    while true {
      let result = step()
      var wanted = pollfd(fd: descriptor.number, events: 0, revents: 0)
      switch result {
      case .wantsRead: wanted.events = Int16(POLLIN)
      case .wantsWrite: wanted.events = Int16(POLLOUT)
      case .failed, .broken: throw Late(what: "\(result)")
      default: return result
      }
      guard poll(&wanted, 1, 10_000) == 1 else { throw Late(what: "a step of TLS") }
    }
  }
}

/// A mail server without TLS that takes any number of connections, and what it heard on each.
final class Mailserver: @unchecked Sendable {
  private let lock = NSLock()
  private var connections: [[String]] = []

  init(_ socket: Socket) {
    Thread.detachNewThread { [self] in
      while let plug = try? socket.accept() {
        Thread.detachNewThread { [self] in try? serve(plug) }
      }
    }
  }

  /// The lines of each connection that has ended.
  func heard() -> [[String]] { lock.withLock { connections } }

  private func serve(_ plug: Plug) throws {
    var (rest, lines) = ("", [String]())
    defer {
      lock.withLock { connections.append(lines) }
      plug.close()
    }
    try plug.send("220 mta.example ESMTP\r\n")
    while case let more = try plug.receive(), !more.isEmpty {
      rest += String(decoding: more, as: UTF8.self)
      while let end = rest.range(of: "\r\n") {
        lines.append(String(rest[..<end.lowerBound]))
        rest = String(rest[end.upperBound...])
        try plug.send(answer(lines[lines.count - 1]))
        if lines.last == "QUIT" { return }
      }
    }
  }

  private func answer(_ line: String) -> String {
    if line.hasPrefix("EHLO") { return "250-mta.example\r\n250-SIZE 1000\r\n250 8BITMIME\r\n" }
    return line == "QUIT" ? "221 bye\r\n" : "250 sender fine\r\n"
  }
}

/// Something that is done meanwhile.
final class Background: @unchecked Sendable {
  private let condition = NSCondition()
  private var result: Result<Void, any Error>?

  init(_ work: @escaping @Sendable () throws -> Void) {
    Thread.detachNewThread { [self] in
      let result = Result { try work() }
      condition.withLock { self.result = result }
      condition.broadcast()
    }
  }

  var isDone: Bool { condition.withLock { result != nil } }

  func wait() throws {
    try condition.withLock {
      while result == nil { condition.wait() }
      try result?.get()
    }
  }
}

/// Bytes that look like no others; a multiple of eight.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
  var state = seed
  let words = (0..<count / 8).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 32
  }
  return words.withUnsafeBytes { Array($0) }
}
