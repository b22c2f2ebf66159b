import Foundation
import Glibc

/// `usher run`, as a process of its own, with a service manager that listens and a server behind it that says nothing.
final class RunningUsher {
  let process = Process()
  private let errors = Pipe()
  private var unread = ""
  /// All lines of its log so far.
  private(set) var log: [String] = []
  let folder: URL
  private let manager: Int32
  private let server: Int32
  /// Where the silent server listens.
  let serverPort: UInt16

  private let door: String

  /// - Parameters:
  ///   - settings: what stands below `settings:`, on one line.
  ///   - arguments: in front of the file.
  ///   - clientAddress: how the server learns who the client is.
  ///   - door: nil is a Unix socket of the folder, so that no port is ever taken.
  init(
    settings: String, arguments: [String] = [], clientAddress: String = "proxy-v1", door: String? = nil
  ) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("usher-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    self.door = door ?? "unix:\(folder.path)/door"
    manager = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    serverPort = try RunningUsher.listen(server)
    try bindManager()
    try write(settings: settings, clientAddress: clientAddress)
    process.executableURL = Program.path
    process.arguments = ["run"] + arguments + [rules.path]
    process.environment = ["NOTIFY_SOCKET": folder.appendingPathComponent("notify").path]
    process.standardError = errors
    try process.run()
  }

  deinit {
    if process.isRunning { signal(SIGKILL) }
    close(manager)
    close(server)
    try? FileManager.default.removeItem(at: folder)
  }

  var rules: URL { folder.appendingPathComponent("rules.yaml") }

  /// A new file.
  func write(settings: String, clientAddress: String = "proxy-v1") throws {
    let text = """
      listeners: [{ name: door, listen: "\(door)", rules: [{ name: all, to: s }] }]
      servers: { s: { address: "127.0.0.1:\(serverPort)", client-address: \(clientAddress) } }
      settings: \(settings)

      """
    try text.write(to: rules, atomically: true, encoding: .utf8)
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for a line of its log with these words; nil when the log ends before.
  func line(with words: String) -> String? {
    while true {
      while let end = unread.firstIndex(of: "\n") {
        let line = String(unread[..<end])
        unread = String(unread[unread.index(after: end)...])
        log.append(line)
        if line.contains(words) { return line }
      }
      let more = errors.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      unread += String(decoding: more, as: UTF8.self)
    }
  }

  /// Waits for the next news that the service manager is told: its first line.
  func news() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = max(0, recv(manager, &buffer, buffer.count, 0))
    return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
  }

  /// A client at its door.
  func connect() throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard RunningUsher.withAddress("\(folder.path)/door", { Glibc.connect(descriptor, $0, $1) }) == 0 else {
      throw POSIXError(.ECONNREFUSED)
    }
    return descriptor
  }

  private func bindManager() throws {
    let path = folder.appendingPathComponent("notify").path
    guard RunningUsher.withAddress(path, { bind(manager, $0, $1) }) == 0 else { throw POSIXError(.EADDRINUSE) }
    // As systemd's: whoever usher becomes may write to it.
    chmod(path, 0o777)
  }

  private static func withAddress<Result>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func listen(_ descriptor: Int32) throws -> UInt16 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 8) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isListening else { throw POSIXError(.EADDRINUSE) }
    return UInt16(bigEndian: address.sin_port)
  }
}
