/// What usher needs to speak TLS as a server: its certificates, chosen by SNI, the first where none fits. Immutable after
/// `init`, and shared by all threads.
public final class ServerContext: Sendable {
  /// A chain and its key, as paths of PEM files.
  public struct Files: Sendable, Hashable {
    public var chain: String
    public var key: String

    public init(chain: String, key: String) {
      self.chain = chain
      self.key = key
    }
  }

  /// - Parameter certificates: at least one.
  /// - Throws: an error that names the file and the reason.
  public init(_ certificates: [Files]) throws(TLSError) {}
}

/// Why TLS cannot be had, in words.
public struct TLSError: Error, Sendable, Hashable {
  /// Names the file, if one is to blame, and the reason.
  public let reason: String

  public init(reason: String) { self.reason = reason }
}
