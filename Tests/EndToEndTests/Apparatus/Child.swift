import Foundation
import Synchronization

// A program that a test started: its output goes to a file, and it ends with the test at the latest.

/// A running program. Ended by its own process id, never by its name.
final class Child: Sendable {
  let name: String
  let pid: pid_t
  /// What it says on standard output and standard error.
  let log: URL
  private let status = Mutex<Int32?>(nil)

  /// - Parameters:
  ///   - command: the program, looked up in PATH, and its arguments.
  ///   - log: is written anew.
  ///   - input: a file for standard input; nil is nothing.
  init(name: String, _ command: [String], log: URL, input: URL? = nil) throws {
    self.name = name
    self.log = log
    self.pid = try Self.spawn(command, output: log.path, input: input?.path ?? "/dev/null")
    Self.living.withLock { _ = $0.insert(pid) }
    _ = Self.atExit
  }

  deinit { kill() }

  /// The text so far.
  var output: String { (try? String(decoding: Data(contentsOf: log), as: UTF8.self)) ?? "" }

  /// The exit code, or 128 and the signal that ended it; nil while it runs.
  var exitCode: Int32? {
    status.withLock { known in
      if known != nil { return known }
      var raw: Int32 = 0
      guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
      Self.living.withLock { _ = $0.remove(pid) }
      known = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + raw & 0x7f
      return known
    }
  }

  func signal(_ number: Int32) {
    if exitCode == nil { Glibc.kill(pid, number) }
  }

  /// Ends it now, and returns when it is gone.
  func kill() {
    signal(SIGKILL)
    while exitCode == nil { usleep(1000) }
  }

  /// The exit code, or an error with the output when it takes longer than `limit`.
  @discardableResult
  func ended(within limit: Duration) async throws -> Int32 {
    try await until("\(name) ends", within: limit, or: { self.output }) { self.exitCode != nil }
    return exitCode ?? -1
  }

  var descriptors: Descriptors { Descriptors(of: pid) }

  /// A row of `/proc/PID/status` in KiB: `VmRSS` is the memory it has now, `VmHWM` the most that it ever had.
  func memory(_ row: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(row) }),
      let size = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { throw Failure("no \(row) of \(name)") }
    return size
  }

  /// Whether something in its network listens on that TCP port.
  func sees(listenerOn port: Int) -> Bool {
    ["tcp", "tcp6"].contains { family in
      guard let table = fopen("/proc/\(pid)/net/\(family)", "re") else { return false }
      defer { fclose(table) }
      var line = [CChar](repeating: 0, count: 512)
      _ = fgets(&line, 512, table)
      // Those that listen stand first; there may be thousands of others.
      while fgets(&line, 512, table) != nil {
        let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
          .split(separator: " ", maxSplits: 4)
        guard fields.count > 3, fields[3] == "0A" else { return false }
        if fields[1].hasSuffix(String(format: ":%04X", port)) { return true }
      }
      return false
    }
  }

  private static func spawn(_ command: [String], output: String, input: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    _ = closeFrom(&actions, 3)
    // The threads of a test have signals blocked, and a program that inherits that waits for its timers for ever.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var pid: pid_t = 0
    let failure = posix_spawnp(&pid, command[0], &actions, &attributes, &arguments, environ)
    guard failure == 0 else { throw Failure("\(command[0]) cannot be started: \(String(cString: strerror(failure)))") }
    return pid
  }

  /// What other tests have open is not passed on. Glibc's module leaves this function of glibc 2.34 out.
  private static let closeFrom = unsafeBitCast(
    dlsym(nil, "posix_spawn_file_actions_addclosefrom_np"),
    to: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32).self)

  private static let living = Mutex<Set<pid_t>>([])
  /// What is still there when the last test has ended goes with it.
  private static let atExit: Void = {
    atexit {
      Child.living.withLock { $0.forEach { Glibc.kill($0, SIGKILL) } }
      try? FileManager.default.removeItem(at: Machine.scratch)
    }
  }()
}
