/// What a mail server's EHLO reply promises (RFC 5321 §4.1.1.1): keywords with their parameters.
public struct Capabilities: Sendable, Hashable {
  /// In the order of the reply; keywords upper case, parameters as they were said.
  public var extensions: [Extension]

  public init(_ extensions: [Extension]) { self.extensions = extensions }

  /// One line of the reply behind the first.
  public struct Extension: Sendable, Hashable {
    /// Upper case.
    public var keyword: String
    /// As the server said them.
    public var parameters: [String]

    public init(keyword: String, parameters: [String]) {
      self.keyword = keyword
      self.parameters = parameters
    }
  }
}
