/// The words that rules compare with, where they are fixed.
public enum Vocabulary {
  /// What `protocol:` can name.
  public static let protocolNames = ["tls", "unknown", "http", "http2", "ssh", "smtp", "proxy", "postgresql"]
}
