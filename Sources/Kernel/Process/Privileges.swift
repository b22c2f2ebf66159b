import CLinux
import Glibc
public import SystemPackage

/// A user and its groups, as a process can become them.
public struct Account: Sendable, Hashable {
  /// As it was asked for.
  public let name: String
  public let user: UInt32
  public let group: UInt32

  /// Whether this process is it already.
  public var isThisProcess: Bool { geteuid() == user && getegid() == group }

  /// Looks it up (`getpwnam`, `getgrnam`).
  /// - Parameters:
  ///   - user: a name of the user database.
  ///   - group: a name of the group database; nil is the user's own.
  public init(user: String, group: String?) throws(UnknownAccount) {
    guard let entry = getpwnam(user) else { throw UnknownAccount(what: "user", name: user) }
    name = user
    self.user = entry.pointee.pw_uid
    guard let group else {
      self.group = entry.pointee.pw_gid
      return
    }
    guard let entry = getgrnam(group) else { throw UnknownAccount(what: "group", name: group) }
    self.group = entry.pointee.gr_gid
  }
}

/// No such user, or no such group.
public struct UnknownAccount: Error, Sendable, Hashable {
  public let what: String
  public let name: String
}

/// What a process may do.
public enum Privileges {
  /// Whether this process is root.
  public static var isRoot: Bool { geteuid() == 0 }

  /// Becomes the account for good: its groups, its group, itself, in this order, for each step needs the right that the next
  /// one gives away. To be called before any thread is started that needs a capability that is kept: capabilities are a
  /// thread's own, and those that it starts inherit them.
  /// - Parameter keeping: a capability that is kept, nothing else is.
  public static func become(_ account: Account, keeping capability: Capability?) throws(Errno) {
    if capability != nil { try check(clinux_prctl(PR_SET_KEEPCAPS, 1)) }
    try check(initgroups(account.name, account.group))
    try check(setgid(account.group))
    try check(setuid(account.user))
    if let capability { try check(clinux_capset(1 << capability.rawValue)) }
    try check(clinux_prctl(PR_SET_NO_NEW_PRIVS, 1))
  }

  /// What of root's power can be kept.
  public enum Capability: UInt32, Sendable, Hashable {
    /// capabilities(7): what `IP_TRANSPARENT` asks for.
    case networkAdministration = 12
  }

  private static func check(_ result: Int32) throws(Errno) {
    if result != 0 { throw Errno(rawValue: errno) }
  }
}

/// How many descriptors a process may have.
public enum DescriptorLimit {
  /// What it is now (`RLIMIT_NOFILE`, soft).
  public static var current: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    return Int(clamping: limit.rlim_cur)
  }

  /// Raises it to what the administrator allows (`RLIMIT_NOFILE`, hard), and answers with that.
  public static func raise() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
  }
}
