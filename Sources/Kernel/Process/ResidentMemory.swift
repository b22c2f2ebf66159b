import CLinux

/// What of the process is in memory (`RSS`).
public enum ResidentMemory {
  /// Gives back what was used so far and is not in use now: free heap, and the pages of files in which nothing can have been
  /// written, which are the program's and its libraries' code and constants. What is needed again is mapped again, from the
  /// page cache, when it is touched.
  public static func release() { clinux_release_memory() }
}
