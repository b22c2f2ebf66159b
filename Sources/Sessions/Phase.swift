import Dialogues
import Routing
import Wire

// Where a session stands. Every event is answered by `switch (phase, event)`, spread over the files by phase:
//
//   peeking ─────────────▶ readingHello          TLS has begun, its ClientHello is not whole
//      │                        │
//      │ silent, undecided      │ decided
//      ▼                        ▼
//   listening ◀───454──── moving ──────────▶ relay    a server is being got ready for the client
//      │  ▲                ▲    │
//      ▼  │                │    ├──▶ securing ─▶ encrypted ─▶ relay    terminate-tls
//   awaitingHello ─────────┘    ├──▶ guarding ─▶ relay                 the server greets, the client has said nothing
//                               └──▶ mediating ─▶ relay                a promise that the server does not keep by itself

enum Phase {
  /// The client may still begin with anything; the grace runs, or the greeter's greeting is not there yet.
  case peeking
  /// What came could only be TLS, and is not a whole ClientHello.
  case readingHello
  /// The client was greeted, and it is its turn.
  case listening
  /// The greeter was told the client's EHLO.
  case awaitingHello
  /// A server is being got ready for the client.
  case moving(Move)
  /// A server that was chosen by silence greets the client, which has said nothing yet.
  case guarding(Peer)
  /// The client's TLS handshake with usher runs.
  case securing(Move)
  /// TLS with usher is there; the client introduces itself anew (RFC 3207 §4.2) to this server.
  case encrypted(Peer)
  /// The client is spoken for to a server that cannot do all that it was promised.
  case mediating(Peer, Box<Mediation>)
  /// The client is made to wait for those words, the last that it hears.
  case tarpitting([UInt8])
  /// Nothing more is done.
  case over
}

/// Getting a server ready.
struct Move {
  let peer: Peer
  let purpose: Purpose

  enum Purpose {
    /// Hand the first bytes on, as they are.
    case raw
    /// Nothing has come from the client: let the server greet it, and look at its first bytes.
    case guarded
    /// The client has spoken too early: let it be greeted first, then hand on what it said.
    case early
    /// The hello itself decided; its reply is the server's own.
    case hello
    /// Say the hello again, then the command that was pending.
    case command(Command)
    /// Say the hello again, then STARTTLS.
    case startTLS
    /// usher speaks TLS with the client, which began with it or (`afterSTARTTLS`) asked for it.
    case terminate(afterSTARTTLS: Bool)
  }

  /// Whether the client waits for the reply to its STARTTLS, and may say nothing till then.
  var isSwitchingToTLS: Bool {
    switch purpose {
    case .startTLS, .terminate(afterSTARTTLS: true): true
    default: false
    }
  }
}
