import Glibc
public import SystemPackage

/// What the service manager hands over: sd_listen_fds_with_names(3).
public enum InheritedDescriptors {
  /// A duplicate of the listening socket of that name, which stays the service manager's; nil when there is none.
  public static func listeningSocket(named name: String) throws(Errno) -> Descriptor? {
    guard Host.environment("LISTEN_PID").flatMap({ pid_t($0) }) == getpid(),
      let count = Host.environment("LISTEN_FDS").flatMap({ CInt($0) }), count > 0
    else { return nil }
    let names = Host.environment("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    for index in 0..<count where index < names.count && names[Int(index)] == name {
      return Descriptor(owning: try check(fcntl(firstNumber + index, F_DUPFD_CLOEXEC, firstNumber)))
    }
    return nil
  }

  /// SD_LISTEN_FDS_START.
  private static var firstNumber: CInt { 3 }
}
