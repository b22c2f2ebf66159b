import Glibc
public import SystemPackage

/// What the service manager hands over: sd_listen_fds_with_names(3).
public enum InheritedDescriptors {
  /// The numbers of all that have that name, in their order: a socket unit names all of its ports alike. They stay the service
  /// manager's; empty when there is none.
  public static func numbers(named name: String) -> [CInt] {
    guard Host.environment("LISTEN_PID").flatMap({ pid_t($0) }) == getpid(),
      let count = Host.environment("LISTEN_FDS").flatMap({ Int($0) }), count > 0
    else { return [] }
    let names = Host.environment("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    return names.prefix(count).indices.filter { names[$0] == name }.map { firstNumber + CInt($0) }
  }

  /// A duplicate of one of them.
  public static func duplicate(_ number: CInt) throws(Errno) -> Descriptor {
    Descriptor(owning: try check(fcntl(number, F_DUPFD_CLOEXEC, firstNumber)))
  }

  /// SD_LISTEN_FDS_START.
  private static var firstNumber: CInt { 3 }
}
