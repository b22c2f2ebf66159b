import Routing
import Wire

// What is done with the client once it is decided, in words.

/// A decision and its consequences.
struct Outlook {
  let configuration: Configuration
  let listener: Listener
  let moment: Moment

  /// What becomes of it, as sentences; and whether that is what the rule wanted.
  func sentences(_ action: Action) -> [String] {
    switch action {
    case .drop: ["The connection is closed without a word."]
    case .reject(let text, let tarpit):
      moment.facts.beginning == .implicit
        ? ["It is refused with a TLS alert, for it cannot read \(text.printable) before TLS is there."]
        : ["It hears \(text.printable)\(tarpit.map { " after \($0)" } ?? ""), and the connection is closed."]
    case .to(let id, let isTerminating): sentences(configuration[id], id, isTerminating)
    }
  }

  private func sentences(_ server: Server, _ id: ServerID, _ isTerminating: Bool) -> [String] {
    let way = isTerminating ? terminating(server) : passing(server, id)
    return [way] + (isTerminating || takes(server) ? [learns(server)] : [])
  }

  private func terminating(_ server: Server) -> String {
    switch moment.facts.beginning {
    case .plaintext: "There is no TLS to terminate: \(plaintext(server))"
    default: "usher speaks TLS with it, and \(server.name.printable) gets plaintext."
    }
  }

  /// Whether the server takes how this client begins.
  func takes(_ server: Server) -> Bool {
    switch moment.facts.beginning {
    case .implicit: server.tls.contains(.implicit)
    case .startTLS: server.tls.contains(.startTLS)
    default: true
    }
  }

  private func passing(_ server: Server, _ id: ServerID) -> String {
    let name = server.name.printable
    switch moment.facts.beginning {
    case .implicit where !takes(server):
      return "\(name) does not take TLS at once (tls: implicit), so the client is refused with a TLS alert."
    case .implicit: return "Its ClientHello is handed on as it came, and nothing of TLS is opened here."
    case .startTLS where !takes(server):
      return "\(name) does not take STARTTLS (tls: starttls), so the client hears 502 and may go on in plaintext."
    case .startTLS:
      return "usher says the client's EHLO and STARTTLS to \(name), passes its 220 on, and then only bytes."
    default: return plaintext(server, isGreeter: listener.greeter == id)
    }
  }

  private func plaintext(_ server: Server, isGreeter: Bool = false) -> String {
    let name = server.name.printable
    let mustGreet = listener.dialogue != nil && server.clientAddress == .xclient
    if !moment.isGreeted, mustGreet { return "\(name) is told who it is and greets it; then its bytes are handed on." }
    if moment.facts.silent == .yes, !moment.isGreeted { return "\(name) may greet it: it has said nothing." }
    if !moment.isGreeted { return "Its bytes are handed on as they came." }
    if moment.facts.helo == .pending { return "\(name) greets it." }
    return isGreeter
      ? "\(name) greeted it and has heard its words already: they go on where they are."
      : "usher waits for the greeting of \(name), says again what the client said, and then only bytes."
  }

  private func learns(_ server: Server) -> String {
    let name = server.name.printable
    return switch server.clientAddress {
    case .proxyV1: "\(name) learns its address by the PROXY protocol, version 1."
    case .proxyV2: "\(name) learns its address by the PROXY protocol, version 2."
    case .xclient: "\(name) learns its address by XCLIENT."
    case .transparent: "\(name) sees its address, for usher dials from it."
    case .hidden: "\(name) sees usher's address in place of the client's."
    }
  }
}
