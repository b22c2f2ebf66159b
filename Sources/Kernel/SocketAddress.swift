import CLinux
import Glibc
public import Wire

/// A `sockaddr` and its length, as bind(2), connect(2) and accept(2) take and give it.
public struct SocketAddress {
  fileprivate var storage = sockaddr_storage()
  fileprivate var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

  /// Room for any address.
  init() {}

  /// - Parameter endpoint: a Unix path longer than 107 bytes is no address.
  public init?(_ endpoint: Endpoint) {
    switch endpoint {
    case .tcp(let address, let port): address.family == .v4 ? set(v4: address, port) : set(v6: address, port)
    case .unix(let path): guard set(path) else { return nil }
    }
  }

  /// AF_INET, AF_INET6 or AF_UNIX.
  var family: CInt { CInt(storage.ss_family) }

  private mutating func set(v4 address: IPAddress, _ port: UInt16) {
    var inner = sockaddr_in()
    inner.sin_family = sa_family_t(AF_INET)
    inner.sin_port = port.bigEndian
    inner.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.value).bigEndian
    set(inner)
  }

  private mutating func set(v6 address: IPAddress, _ port: UInt16) {
    var inner = sockaddr_in6()
    inner.sin6_family = sa_family_t(AF_INET6)
    inner.sin6_port = port.bigEndian
    withUnsafeMutableBytes(of: &inner.sin6_addr) {
      $0.storeBytes(of: address.value.bigEndian, as: UInt128.self)
    }
    set(inner)
  }

  /// unix(7): the name in the abstract namespace begins with NUL and has no end mark; a leading `@` writes it.
  private mutating func set(_ path: String) -> Bool {
    var inner = sockaddr_un()
    inner.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: inner.sun_path) else { return false }
    withUnsafeMutableBytes(of: &inner.sun_path) { name in
      name.copyBytes(from: bytes)
      if bytes.first == UInt8(ascii: "@") { name[0] = 0 }
    }
    let isAbstract = bytes.first == UInt8(ascii: "@")
    set(inner)
    length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
    return true
  }

  private mutating func set<Inner>(_ inner: Inner) {
    withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: inner, as: Inner.self) }
    length = socklen_t(MemoryLayout<Inner>.size)
  }

  /// The same in the words of the other layers; a Unix socket without a name has an empty path.
  public var endpoint: Endpoint {
    switch family {
    case AF_INET:
      let inner = load(sockaddr_in.self)
      return .tcp(IPAddress(v4: UInt32(bigEndian: inner.sin_addr.s_addr)), port: UInt16(bigEndian: inner.sin_port))
    case AF_INET6:
      let inner = load(sockaddr_in6.self)
      let value = withUnsafeBytes(of: inner.sin6_addr) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
      return .tcp(IPAddress(v6: value), port: UInt16(bigEndian: inner.sin6_port))
    default: return .unix(path)
    }
  }

  private var path: String {
    withUnsafeBytes(of: storage) { bytes in
      let name = bytes[MemoryLayout<sa_family_t>.size..<max(MemoryLayout<sa_family_t>.size, Int(length))]
      guard name.first == 0, name.count > 1 else { return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) }
      return "@" + String(decoding: name.dropFirst(), as: UTF8.self)
    }
  }

  private func load<Inner>(_ type: Inner.Type) -> Inner {
    withUnsafeBytes(of: storage) { $0.loadUnaligned(as: type) }
  }

  /// Lends it to a call that reads it.
  func withPointer<Result>(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafeBytes(of: storage) {
      // Non-nil: a struct has an address.
      call($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
    }
  }

  /// Lends it to a call that fills it.
  mutating func withMutablePointer<Result>(
    _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
  ) -> Result {
    withUnsafeMutableBytes(of: &storage) { bytes in
      call(bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
    }
  }
}
