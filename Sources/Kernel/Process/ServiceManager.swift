import Glibc

/// The service manager that started this process, if one did: sd_notify(3), by hand, for it is one datagram.
public struct ServiceManager: Sendable {
  /// What it is told.
  public enum News: Sendable, Hashable {
    case ready
    /// A reload has begun; `ready` ends it.
    case reloading
    case stopping
  }

  private let socketPath: String?

  /// The one that `NOTIFY_SOCKET` names.
  public init() { socketPath = Host.environment("NOTIFY_SOCKET") }

  /// Tells it; nothing happens when there is none, and nothing can be done when it does not listen.
  /// - Parameter status: a line for `systemctl status`.
  public func tell(_ news: News, status: String) {
    guard let socketPath, let first = socketPath.utf8.first, "/@".utf8.contains(first) else { return }
    let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return }
    defer { close(socket) }
    let message = Array("\(news.text)\nSTATUS=\(status)\n".utf8)
    withAddress(socketPath) { address, length in
      _ = sendto(socket, message, message.count, Int32(MSG_NOSIGNAL), address, length)
    }
  }

  /// unix(7): a leading `@` is the abstract namespace, written as NUL.
  private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Void) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8.prefix(MemoryLayout.size(ofValue: address.sun_path)))
    withUnsafeMutableBytes(of: &address.sun_path) { target in
      target.copyBytes(from: bytes)
      if bytes.first == UInt8(ascii: "@") { target[0] = 0 }
    }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}

extension ServiceManager.News {
  fileprivate var text: String {
    switch self {
    case .ready: "READY=1"
    // By the time the manager can tell this reload from an earlier one.
    case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds)"
    case .stopping: "STOPPING=1"
    }
  }
}

private var monotonicMicroseconds: Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
