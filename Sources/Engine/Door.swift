import Kernel
import Routing
import SystemPackage
import Wire

/// Where clients arrive at a listener. A later plan's door may share the socket, for a listener of another number.
final class OpenDoor: Sendable {
  /// As the configuration names it.
  let door: Door
  /// The index in `Configuration.listeners`.
  let listener: Int
  let socket: ListeningSocket

  init(_ door: Door, listener: Int, socket: ListeningSocket) {
    self.door = door
    self.listener = listener
    self.socket = socket
  }

  /// A client that speaks first is answered soon, and the answer carries the acknowledgement: a segment less. In mail both
  /// sides write and wait in turn, and a server that leaves Nagle's algorithm on would wait for ours.
  func setAcknowledging(dialogue: DialogueName?) {
    guard case .tcp = socket.endpoint else { return }
    try? socket.descriptor.set(.quickAcknowledgement, to: dialogue == nil ? 0 : 1)
  }
}

/// A listening socket. All threads listen on it; it is closed when the last of them lets it go.
final class ListeningSocket: Sendable {
  let descriptor: Descriptor
  /// Where it listens.
  let endpoint: Endpoint
  /// Whether clients come faster than they are accepted.
  let isCrowded = Flag()
  /// To be removed with it.
  private let file: UnixSocketFile?

  /// How many connections may wait to be accepted; the kernel caps it at net.core.somaxconn.
  private static var backlog: Int { 65_535 }

  private init(_ descriptor: consuming Descriptor, file: UnixSocketFile?) throws(Errno) {
    endpoint = try descriptor.localEndpoint()
    // Accepted connections inherit it.
    if case .tcp = endpoint {
      try descriptor.set(.noDelay)
      try descriptor.set(.urgentInline)
    }
    self.descriptor = descriptor
    self.file = file
  }

  deinit { try? file?.remove() }

  /// Where all its clients arrive; nil when each must be asked.
  var commonLocal: Endpoint? {
    if let address = endpoint.ip, address.isUnspecified { nil } else { endpoint }
  }

  /// Opens a door, or takes it over from the service manager, which may have several sockets of one name.
  /// - Parameter listener: its name, for the error.
  static func open(_ door: Door, listener: String) throws(EngineError) -> [ListeningSocket] {
    do throws(Errno) {
      switch door {
      case .endpoint(let endpoint): return [try bound(to: endpoint)]
      case .inherited(let name):
        var sockets: [ListeningSocket] = []
        for number in InheritedDescriptors.numbers(named: name) { sockets.append(try inherited(number)) }
        if !sockets.isEmpty { return sockets }
      }
    } catch {
      throw EngineError(cannotOpen: door, of: listener, error)
    }
    throw EngineError(notInherited: door, by: listener)
  }

  private static func bound(to endpoint: Endpoint) throws(Errno) -> ListeningSocket {
    let descriptor = try Descriptor.streamSocket(for: endpoint)
    var file: UnixSocketFile?
    switch endpoint {
    case .tcp(let address, _):
      try descriptor.set(.reuseAddress)
      // IPv4 has doors of its own.
      if address.family == .v6 { try descriptor.set(.v6Only) }
      try descriptor.bind(to: endpoint)
    case .unix(let path) where path.hasPrefix("@"):
      try descriptor.bind(to: endpoint)
    case .unix(let path):
      try UnixSocketFile.removeStale(path)
      try descriptor.bind(to: endpoint)
      file = try UnixSocketFile(path: path)
    }
    try descriptor.listen(backlog: backlog)
    return try ListeningSocket(descriptor, file: file)
  }

  private static func inherited(_ number: CInt) throws(Errno) -> ListeningSocket {
    let descriptor = try InheritedDescriptors.duplicate(number)
    guard try descriptor.get(.accepts) == 1 else { throw .invalidArgument }
    try descriptor.setNonBlocking()
    return try ListeningSocket(descriptor, file: nil)
  }
}

extension EngineError {
  fileprivate init(cannotOpen door: Door, of listener: String, _ error: Errno) {
    let way =
      switch error {
      case .addressInUse where door.isPath: "another process listens there, or the path is a file that is no socket"
      case .addressInUse: "another process listens there"
      case .permissionDenied:
        "ports below 1024 need root or the capability CAP_NET_BIND_SERVICE, a path the right to write"
      case .addressNotAvailable: "no interface of this machine has that address"
      case .invalidArgument: "it is no listening stream socket"
      default: "\(error)"
      }
    self.init(reason: "listener \(listener) cannot listen at \(door.words): \(way)")
  }

  fileprivate init(notInherited door: Door, by listener: String) {
    self.init(
      reason:
        "listener \(listener) cannot listen at \(door.words): the service manager handed no socket of that name over "
        + "(LISTEN_FDS, LISTEN_FDNAMES; in systemd: FileDescriptorName= in the .socket unit)")
  }
}

extension Door {
  fileprivate var isPath: Bool {
    if case .endpoint(.unix) = self { true } else { false }
  }

  /// As it is written in a rules file.
  var words: String {
    switch self {
    case .endpoint(let endpoint): "\(endpoint)"
    case .inherited(let name): "fd:\(name)"
    }
  }
}
