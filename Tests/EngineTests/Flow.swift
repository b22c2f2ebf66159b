import Foundation
import Synchronization
import Wire

/// A stream of bytes that looks random, and its hash: enough to notice a byte that is lost, doubled or out of order.
final class Flow: Sendable {
  private let seed: UInt64
  private let count: Int
  /// How many bytes were sent.
  let progress = Atomic<Int>(0)

  init(seed: UInt64, count: Int) {
    self.seed = seed
    self.count = count
  }

  /// Sends it, and then the end, in a thread of its own; gives its hash.
  func send(over plug: Plug) throws -> Task {
    Task { [self] in
      var hash = Hash()
      var state = seed
      while progress.load(ordering: .relaxed) < count {
        let chunk = Flow.chunk(&state, min(65_536, count - progress.load(ordering: .relaxed)))
        hash.add(chunk)
        try plug.send(chunk)
        progress.add(chunk.count, ordering: .relaxed)
      }
      try plug.endWriting()
      return hash.value
    }
  }

  /// Receives all that comes, in a thread of its own; gives its hash.
  static func receive(from plug: Plug) throws -> Task {
    Task {
      var hash = Hash()
      while case let chunk = try plug.receive(atMost: 1 << 20), !chunk.isEmpty { hash.add(chunk) }
      return hash.value
    }
  }

  /// xorshift64*.
  private static func chunk(_ state: inout UInt64, _ count: Int) -> [UInt8] {
    var words: [UInt64] = []
    for _ in 0..<(count + 7) / 8 {
      state ^= state >> 12
      state ^= state << 25
      state ^= state >> 27
      words.append(state &* 0x2545_F491_4F6C_DD1D)
    }
    return words.withUnsafeBytes { Array($0.prefix(count)) }
  }

  /// FNV-1a over the bytes, eight at a time where they lie so: where a chunk ends makes no difference.
  private struct Hash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325
    private var rest: [UInt8] = []

    mutating func add(_ bytes: [UInt8]) {
      let all = rest.isEmpty ? bytes : rest + bytes
      let whole = all.count / 8 * 8
      all.withUnsafeBytes { buffer in
        for offset in stride(from: 0, to: whole, by: 8) {
          value = (value ^ buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x100_0000_01B3
        }
      }
      rest = Array(all[whole...])
    }
  }

  /// Work in a thread, and what came of it.
  final class Task: Sendable {
    private let result = Mutex<Result<UInt64, any Error>?>(nil)

    init(_ body: @escaping @Sendable () throws -> UInt64) {
      Thread { [self] in
        let outcome = Result { try body() }
        result.withLock { $0 = outcome }
      }.start()
    }

    /// Waits for it.
    func value() throws -> UInt64 {
      try eventually("a flow") { result.withLock { $0 != nil } }
      return try result.withLock { try $0!.get() }
    }
  }
}

/// The sockets of this machine that are open at one of these ends, as /proc/net/tcp has them: local and remote.
func openSockets(at endpoints: [Endpoint]) throws -> [String] {
  var ports: [String] = []
  for case .tcp(_, let port) in endpoints { ports.append(String(format: ":%04X", port)) }
  var found: [String] = []
  for fields in try connections() {
    // A socket without an inode is only the kernel's, which waits for stray segments.
    guard fields.count > 9, fields[9] != "0" else { continue }
    if ports.contains(where: { fields[1].hasSuffix($0) }) { found.append("\(fields[1]) \(fields[2])") }
  }
  return found
}

/// How many bytes wait to be read at that end of a connection, as /proc/net/tcp has it; nil when it has none such.
func unread(at local: Endpoint, from remote: Endpoint) throws -> Int? {
  let ports = [local, remote].compactMap {
    if case .tcp(_, let port) = $0 { String(format: ":%04X", port) } else { nil }
  }
  let fields = try connections().first { $0[1].hasSuffix(ports[0]) && $0[2].hasSuffix(ports[1]) }
  return fields.flatMap { Int($0[4].suffix(8), radix: 16) }
}

/// The fields of each line of /proc/net/tcp, all of it: it grows while it is read, and has no size.
private func connections() throws -> [[Substring]] {
  let bytes = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/net/tcp")).readToEnd() ?? Data()
  let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
  return lines.map { $0.split(separator: " ") }
}
