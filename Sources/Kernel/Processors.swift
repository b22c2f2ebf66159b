import Glibc

/// The processors that this process may run on.
public enum Processors {
  /// sysconf(3), _SC_NPROCESSORS_ONLN: how many there are.
  public static var count: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }
}
