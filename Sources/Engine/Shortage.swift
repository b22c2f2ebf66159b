import SystemPackage

/// What can run out. Each is a state: told of when it begins and when it is over, and not in between.
enum Shortage: Int, CaseIterable {
  /// Sockets of clients: accept4(2).
  case clients
  /// Sockets of servers: socket(2).
  case servers
  /// Places in an epoll: epoll_ctl(2).
  case watches
  /// Pipes of a size that is worth it: pipe2(2), fcntl(2).
  case pipes

  /// Nothing is lost where only more time is spent.
  private var level: Notice.Level { self == .pipes ? .warning : .error }

  func begins(because error: Errno) -> Notice {
    let consequence =
      switch self {
      case .clients: "clients must wait to be accepted"
      case .servers: "servers cannot be connected to"
      case .watches: "connections are given up"
      case .pipes: "there are no more pipes: much is copied that would be spliced, which costs more"
      }
    return Notice(level: level, message: "\(consequence): \(error); \(error.remedy)")
  }

  var isOver: Notice {
    let words =
      switch self {
      case .clients: "clients are accepted again"
      case .servers: "servers are connected to again"
      case .watches: "connections are kept again"
      case .pipes: "there are pipes again: what is much is spliced"
      }
    return Notice(level: .info, message: words)
  }
}

extension Errno {
  /// Whether something of the process or of the machine has run out.
  var isShortage: Bool {
    switch self {
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory, .noSpace: true
    default: false
    }
  }

  /// What an operator can do.
  fileprivate var remedy: String {
    switch self {
    case .tooManyOpenFiles: "raise LimitNOFILE, or lower settings: limits: connections"
    case .tooManyOpenFilesInSystem: "raise the sysctl fs.file-max"
    case .noSpace: "raise the sysctl fs.epoll.max_user_watches"
    case .notPermitted: "raise the sysctl fs.pipe-user-pages-soft, or fs.pipe-max-size if that is below 512 KiB"
    default: "the kernel has no memory left for it"
    }
  }
}
