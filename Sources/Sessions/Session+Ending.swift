import Dialogues
import Routing
import Wire

// How a session ends without a relay.

extension Session {
  /// Says it, and ends.
  func say(_ reply: Reply, thenEnd ending: Summary.Ending, _ instructions: inout [Instruction]) {
    say(reply.bytes, thenEnd: ending, &instructions)
  }

  func say(_ words: [UInt8], thenEnd ending: Summary.Ending, _ instructions: inout [Instruction]) {
    instructions.append(.send(.client, words))
    end(ending, &instructions)
  }

  func end(_ ending: Summary.Ending, _ instructions: inout [Instruction]) {
    summary.ending = ending
    phase = .over
    deadline = nil
    instructions.append(.finish)
  }

  /// Says so in TLS, as far as that can be understood, and ends.
  func refuseTLS(_ ending: Summary.Ending, _ alert: Alert, _ verdict: String?, _ instructions: inout [Instruction]) {
    summary.verdict = verdict
    instructions.append(.send(.client, alert.bytes))
    end(ending, &instructions)
  }
}

/// A fatal alert (RFC 8446 §6.2), in clear, as before any key was agreed on.
enum Alert: UInt8 {
  case unexpectedMessage = 10
  case recordOverflow = 22
  case accessDenied = 49
  case decodeError = 50
  case internalError = 80
  case unrecognizedName = 112

  var bytes: [UInt8] { [21, 3, 3, 0, 2, 2, rawValue] }
}

extension Reply {
  /// RFC 5321 §4.3.2: the channel is closed behind a 421, and the client keeps its mail.
  static func unavailable(_ host: String, _ reason: String) -> Reply {
    Reply(421, "4.3.2 \(host) Service not available: \(reason)")
  }
  /// RFC 3463 §3.4: what became of the mail system is not known.
  static func serverLost(_ host: String) -> Reply { Reply(421, "4.3.0 \(host) Error: lost the server") }
  static func stopping(_ host: String) -> Reply { Reply(421, "4.3.2 \(host) Service shutting down") }
  static func tooSlow(_ host: String) -> Reply { Reply(421, "4.4.2 \(host) Error: timeout exceeded") }
  static func tooMany(_ host: String) -> Reply { Reply(421, "4.7.0 \(host) Error: too many commands") }
}
