// What an operator sets once, under `settings:`; each with a default that suits a mail host.

/// What is set once for the process.
public struct Settings: Sendable, Hashable {
  /// Event loops; nil is one a core.
  public var threads: Int?
  /// Whom to become after the doors are open; nil stays.
  public var user: String?
  /// The group to become; nil is the user's own.
  public var group: String?
  /// The name that usher greets with when it must do so itself; nil is the host's.
  public var hostname: String?
  /// The file in which it is kept over a restart how clients begin (`grace: { learn: true }`); nil keeps nothing.
  public var state: String?
  public var log = Log()
  public var timeouts = Timeouts()
  public var limits = Limits()

  public init() {}

  /// How connections are logged.
  public struct Log: Sendable, Hashable {
    /// The form of a line.
    public enum Format: String, Sendable, Hashable, CaseIterable { case text, json }
    /// The least that is logged.
    public enum Level: String, Sendable, Hashable, CaseIterable { case debug, info, warning, error }
    public var format = Format.text
    public var level = Level.info

    public init() {}
  }

  /// How long is waited, with RFC 5321 §4.5.3.2 as the measure where it has one.
  public struct Timeouts: Sendable, Hashable {
    /// For a TCP connection to one address of a server.
    public var connect: Duration = .seconds(5)
    /// For a server's whole greeting. A server that looks the client up in a dead DNS takes up to 75 s.
    public var greeting: Duration = .seconds(300)
    /// For the greeting and EHLO reply of a greeter that a plaintext client cannot end up with; then usher speaks for itself,
    /// so that a TLS server which hangs does not hold up the mail of clients that want no TLS.
    public var greeter: Duration = .seconds(10)
    /// For a server's whole reply to EHLO, XCLIENT or STARTTLS.
    public var reply: Duration = .seconds(300)
    /// For a client's next command.
    public var command: Duration = .seconds(300)
    /// For the rest of a ClientHello, and for a TLS handshake with usher itself.
    public var hello: Duration = .seconds(10)
    /// Without a byte either way in a relay.
    public var idle: Duration = .seconds(3600)
    /// For running connections after SIGTERM.
    public var drain: Duration = .seconds(30)

    public init() {}
  }

  /// How much is taken.
  public struct Limits: Sendable, Hashable {
    /// Connections of clients at once, in the whole process.
    public var connections = 10_000
    /// A command line of a client, in bytes without its end (RFC 5321 §4.5.3.1.4 asks for 512, extensions for more).
    public var commandLine = 2048
    /// A reply line of a server, in bytes without its end (RFC 5321 §4.5.3.1.5 asks for 512).
    public var replyLine = 2048
    /// A server's greeting or reply, in lines.
    public var replyLines = 128
    /// Commands that usher answers itself before a client must decide.
    public var commands = 100
    /// What a client may send ahead while its server is being dialled, in bytes.
    public var pipelined = 65_536
    /// A ClientHello, in bytes.
    public var hello = 65_536

    public init() {}
  }
}
