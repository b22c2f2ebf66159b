public import Patterns
public import Wire

/// One question about a client: one key of `when:`.
public enum Test: Sendable {
  case client([Network])
  case local([Network])
  /// `true` is implicit or startTLS, `false` is plaintext.
  case tls(Beginning)
  case sni([Pattern])
  case alpn([Pattern])
  case ja4([Pattern])
  case tlsVersion([Pattern])
  case protocolName([String])
  case silent(Bool)
  case early(Bool)
  case helo([Pattern])
  /// Verbs, upper case.
  case command([String])
  case mailFrom([Pattern])
  case firstBytes([Pattern])
}

/// When a rule applies.
public indirect enum Condition: Sendable {
  case test(Test)
  case all([Condition])
  case any([Condition])
  case not(Condition)
}

/// What is done with a client.
public enum Action: Sendable, Hashable {
  /// Hand it to that server; with `terminatingTLS` usher itself speaks TLS with the client.
  case to(ServerID, terminatingTLS: Bool)
  /// Say that in the listener's protocol, then close. In mail, a whole SMTP reply without its line end. With `tarpit` the client
  /// waits so long for it; what it sends meanwhile is thrown away.
  case reject(String, tarpit: Duration? = nil)
  /// Close without a word.
  case drop
}

/// Condition and action.
public struct Rule: Sendable {
  public var name: String
  /// Nil matches everyone.
  public var condition: Condition?
  public var action: Action

  public init(name: String, condition: Condition?, action: Action) {
    self.name = name
    self.condition = condition
    self.action = action
  }
}
