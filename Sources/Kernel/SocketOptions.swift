import CLinux
import Glibc
public import SystemPackage

/// A socket option that is a number or a switch: socket(7), ip(7), ipv6(7), tcp(7).
public struct SocketOption: Sendable {
  let level: CInt
  let name: CInt

  /// A port whose old connections linger in TIME_WAIT can be bound.
  public static let reuseAddress = SocketOption(level: SOL_SOCKET, name: SO_REUSEADDR)
  /// Several sockets may listen on one address, and share its connections.
  public static let reusePort = SocketOption(level: SOL_SOCKET, name: SO_REUSEPORT)
  /// The error of a connect that has ended (reading it clears it).
  static let error = SocketOption(level: SOL_SOCKET, name: SO_ERROR)
  /// Whether it listens.
  public static let accepts = SocketOption(level: SOL_SOCKET, name: SO_ACCEPTCONN)
  /// The kernel's send buffer, in bytes (it doubles what is set).
  public static let sendBuffer = SocketOption(level: SOL_SOCKET, name: SO_SNDBUF)
  /// The kernel's receive buffer, in bytes (it doubles what is set).
  public static let receiveBuffer = SocketOption(level: SOL_SOCKET, name: SO_RCVBUF)
  /// An IPv6 socket takes no IPv4.
  public static let v6Only = SocketOption(level: CInt(IPPROTO_IPV6), name: IPV6_V6ONLY)
  /// What is sent leaves at once, however small (RFC 896 is off). A listening socket's connections inherit it.
  public static let noDelay = SocketOption(level: CInt(IPPROTO_TCP), name: TCP_NODELAY)
  /// An urgent byte stays where it was in the stream (RFC 6093 §6). A listening socket's connections inherit it.
  public static let urgentInline = SocketOption(level: SOL_SOCKET, name: SO_OOBINLINE)
  /// A connection that is made says nothing until there is something to send, so that the last segment of the handshake
  /// carries it; on a listening socket, accept(2) waits for the first bytes.
  public static let deferred = SocketOption(level: CInt(IPPROTO_TCP), name: TCP_DEFER_ACCEPT)
  /// Whether the kernel acknowledges at once. It is not lasting: the kernel goes back by itself.
  public static let quickAcknowledgement = SocketOption(level: CInt(IPPROTO_TCP), name: TCP_QUICKACK)
  /// IPv4: an address that is not this host's can be bound (needs CAP_NET_ADMIN or CAP_NET_RAW).
  public static let transparent = SocketOption(level: CInt(IPPROTO_IP), name: IP_TRANSPARENT)
  /// IPv6: the same.
  public static let transparentV6 = SocketOption(level: CInt(IPPROTO_IPV6), name: IPV6_TRANSPARENT)
  /// bind(2) with port 0 leaves the choice of the port to connect(2), so that it need be free for that peer only.
  public static let bindAddressNoPort = SocketOption(level: CInt(IPPROTO_IP), name: IP_BIND_ADDRESS_NO_PORT)
}

extension Descriptor {
  /// setsockopt(2).
  public borrowing func set(_ option: SocketOption, to value: Int = 1) throws(Errno) {
    var value = CInt(value)
    try succeed(setsockopt(number, option.level, option.name, &value, socklen_t(MemoryLayout<CInt>.size)))
  }

  /// getsockopt(2).
  public borrowing func get(_ option: SocketOption) throws(Errno) -> Int {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    try succeed(getsockopt(number, option.level, option.name, &value, &length))
    return Int(value)
  }

  /// SO_ERROR: why a connection that was on its way failed, or nil.
  public borrowing func takeError() throws(Errno) -> Errno? {
    let error = try get(.error)
    return error == 0 ? nil : Errno(rawValue: CInt(error))
  }

  /// SO_LINGER with 0 seconds: close(2) resets the connection, and what was not sent is lost.
  public borrowing func resetOnClose() throws(Errno) {
    var value = Glibc.linger(l_onoff: 1, l_linger: 0)
    try succeed(setsockopt(number, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size)))
  }

  /// TCP_INFO: the smoothed round-trip time as the kernel knows it.
  public borrowing func roundTripTime() throws(Errno) -> Duration {
    var microseconds: UInt32 = 0
    try succeed(clinux_round_trip(number, &microseconds))
    return .microseconds(microseconds)
  }

  /// TCP_INFO of a socket that listens.
  public borrowing func acceptQueue() throws(Errno) -> AcceptQueue {
    var waiting: UInt32 = 0
    var limit: UInt32 = 0
    try succeed(clinux_accept_queue(number, &waiting, &limit))
    return AcceptQueue(waiting: Int(waiting), limit: Int(limit))
  }
}

/// The connections that a listening socket holds.
public struct AcceptQueue: Sendable, Hashable {
  /// How many wait to be accepted.
  public let waiting: Int
  /// How many may.
  public let limit: Int
}
