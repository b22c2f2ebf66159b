import Peek

/// The words that rules compare with, where they are fixed.
public enum Vocabulary {
  /// What `protocol:` can name.
  public static let protocolNames = ["tls"] + PlaintextProtocol.all.map(\.name) + ["unknown"]
}
