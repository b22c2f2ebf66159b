import CLinux
import Glibc
public import SystemPackage
public import Wire

// Stream sockets: one system call, one function. None of them blocks: where it would, it throws `.wouldBlock`.

extension Descriptor {
  /// socket(2): a stream socket of the endpoint's family, not blocking.
  public static func streamSocket(for endpoint: Endpoint) throws(Errno) -> Descriptor {
    let family =
      switch endpoint {
      case .tcp(let address, _): address.family == .v4 ? AF_INET : AF_INET6
      case .unix: AF_UNIX
      }
    let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    return Descriptor(owning: try check(socket(family, type, 0)))
  }

  /// accept4(2): the next connection that waits, and where it comes from.
  public borrowing func accept(from client: inout Endpoint) throws(Errno) -> Descriptor {
    var address = SocketAddress()
    let number = address.withMutablePointer { clinux_accept(self.number, $0, $1) }
    let descriptor = Descriptor(owning: try check(number))
    client = address.endpoint
    return descriptor
  }

  /// connect(2): true when it is connected at once, false when that is on its way (EINPROGRESS).
  /// - Throws: EAGAIN from a Unix socket whose queue is full, and what is wrong with the address.
  public borrowing func connect(to endpoint: Endpoint) throws(Errno) -> Bool {
    guard let address = SocketAddress(endpoint) else { throw .fileNameTooLong }
    do throws(Errno) {
      try succeed(address.withPointer { Glibc.connect(number, $0, $1) })
      return true
    } catch .nowInProgress {
      return false
    }
  }

  /// bind(2).
  public borrowing func bind(to endpoint: Endpoint) throws(Errno) {
    guard let address = SocketAddress(endpoint) else { throw .fileNameTooLong }
    try succeed(address.withPointer { Glibc.bind(number, $0, $1) })
  }

  /// listen(2).
  /// - Parameter backlog: how many connections may wait; the kernel caps it at net.core.somaxconn.
  public borrowing func listen(backlog: Int) throws(Errno) { try succeed(Glibc.listen(number, CInt(backlog))) }

  /// recv(2): the number of bytes, 0 when the other end will send no more.
  @inline(__always)
  public borrowing func receive(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    try check(recv(number, buffer.baseAddress, buffer.count, 0))
  }

  /// send(2) with MSG_NOSIGNAL: the number of bytes that were taken.
  /// - Parameter isFollowed: something comes right behind, and may leave in the same segment (MSG_MORE).
  @inline(__always)
  public borrowing func send(_ bytes: UnsafeRawBufferPointer, isFollowed: Bool = false) throws(Errno) -> Int {
    let flags = isFollowed ? CInt(MSG_NOSIGNAL) | CInt(MSG_MORE) : CInt(MSG_NOSIGNAL)
    return try check(Glibc.send(number, bytes.baseAddress, bytes.count, flags))
  }

  /// shutdown(2), SHUT_WR: the other end hears that no more is sent.
  public borrowing func shutdownWriting() throws(Errno) { try succeed(shutdown(number, CInt(SHUT_WR))) }

  /// getsockname(2): this end.
  public borrowing func localEndpoint() throws(Errno) -> Endpoint {
    var address = SocketAddress()
    try succeed(address.withMutablePointer { getsockname(number, $0, $1) })
    return address.endpoint
  }

  /// getpeername(2): the other end.
  public borrowing func remoteEndpoint() throws(Errno) -> Endpoint {
    var address = SocketAddress()
    try succeed(address.withMutablePointer { getpeername(number, $0, $1) })
    return address.endpoint
  }
}
