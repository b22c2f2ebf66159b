/// How a command ends, as its exit code.
public enum Outcome: Int32, Sendable, Hashable {
  case fine = 0
  /// The rules file has errors.
  case wrongFile = 1
  /// The command line has.
  case wrongWords = 2
  /// The file is right, the world is not: a port is taken, a certificate or the file itself cannot be read, a server is down.
  case wrongWorld = 3
}
