import Wire

// Tells what a client speaks. First an automaton of signatures, one step a byte, until one is left; then, if that is TLS, its
// records and the ClientHello in them. No byte is read twice.

/// Tells what a client speaks from its first bytes, one look after the other.
public struct Sniffer: Sendable {
  private enum State: Sendable {
    /// It could be several: the automaton's state, and how many bytes led to it.
    case signature(UInt16, read: UInt16)
    case records
    case ssl2
    case settled(Sighting)
  }

  /// The largest ClientHello that is read, in bytes of the handshake message.
  public let largestHello: Int
  private var state = State.signature(SignatureAutomaton.start, read: 0)
  private var records = RecordReader()

  /// - Parameter largestHello: bytes of the handshake message, its header included; a larger one is `tooLarge`, and so is one
  ///   whose records need twice as many.
  public init(largestHello: Int) { self.largestHello = largestHello }

  /// The most bytes after which it is known whether they are a ClientHello: those of its records, and one record more.
  /// - Parameter hello: the largest that is read.
  public static func longest(hello: Int) -> Int { 2 * hello + RecordReader.longest }

  /// Makes what all sniffers share, once. Otherwise the first client waits for it, and behind stunnel a ClientHello that
  /// waits for 200 ms comes too late.
  public static func prepare() { _ = SignatureAutomaton.standard }

  /// Looks at all bytes that the client has sent so far: the caller keeps them, the sniffer remembers how far it read,
  /// so that any segmentation costs one pass.
  public mutating func look(at bytes: Span<UInt8>) -> Sighting {
    if case .signature(let start, let read) = state { state = recognize(bytes, start, Int(read)) }
    switch state {
    case .signature(let automatonState, _):
      return .undecided(couldBeTLS: SignatureAutomaton.standard.couldBeTLS(in: automatonState) ? .notYet : .no)
    case .settled(let sighting): return sighting
    case .ssl2: return settle(Result { () throws(Halt) in try SSL2Hello.read(bytes, largest: largestHello) })
    case .records: return settle(Result { () throws(Halt) in try records.read(bytes, largest: largestHello) })
    }
  }

  private func recognize(_ bytes: Span<UInt8>, _ start: UInt16, _ read: Int) -> State {
    let automaton = SignatureAutomaton.standard
    var current = start
    for index in read..<max(read, bytes.count) {
      switch automaton.step(from: current, bytes[index]) {
      case .state(let next): current = next
      case .tls: return bytes[0] == 0x16 ? .records : .ssl2
      case .plaintext(let name): return .settled(.plaintext(name))
      case .none: return .settled(.unknown)
      }
    }
    return .signature(current, read: UInt16(bytes.count))
  }

  private mutating func settle(_ hello: Result<ClientHello, Halt>) -> Sighting {
    let sighting: Sighting
    switch hello {
    case .failure(.starved): return .undecided(couldBeTLS: .yes)
    case .failure(.broken(let flaw)): sighting = .brokenTLS(flaw)
    case .failure(.tooLarge): sighting = .tooLarge
    case .success(let hello): sighting = .tls(hello)
    }
    state = .settled(sighting)
    return sighting
  }
}
