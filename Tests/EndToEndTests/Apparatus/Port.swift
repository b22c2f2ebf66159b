import Foundation
import Synchronization

/// Loopback ports that nobody uses.
enum Port {
  /// Each is given once. Below the range that the kernel takes for clients, so that none of those gets in between.
  static func free() -> Int {
    while true {
      let port = Int.random(in: 10_000..<32_000)
      guard given.withLock({ $0.insert(port).inserted }), canBind(port) else { continue }
      return port
    }
  }

  private static let given = Mutex<Set<Int>>([])

  private static func canBind(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
