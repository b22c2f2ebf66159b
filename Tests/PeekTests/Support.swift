import Peek
import Wire

/// The largest hello of the tests, in bytes; the one that fixtures/hellos/make supposes.
let largestHello = 65_536

extension Sighting {
  /// In the words of the fixtures; `incomplete` is what only TLS can still follow.
  var words: String {
    switch self {
    case .undecided(.yes): "incomplete"
    case .undecided: "undecided"
    case .tls: "tls"
    case .brokenTLS(let flaw): "broken \(flaw.rawValue)"
    case .tooLarge: "too-large"
    case .plaintext(let known): known.name
    case .unknown: "unknown"
    }
  }

  var isSettled: Bool {
    if case .undecided = self { false } else { true }
  }

  var hello: ClientHello? {
    if case .tls(let hello) = self { hello } else { nil }
  }
}

/// What is seen at once.
func sight(_ bytes: [UInt8]) -> Sighting {
  var sniffer = Sniffer(largestHello: largestHello)
  return sniffer.look(at: bytes.span)
}

/// What is seen byte by byte, and after how many bytes it was settled; nil if it never was.
func sightByteByByte(_ bytes: [UInt8]) -> (sighting: Sighting, settled: Int?) {
  var sniffer = Sniffer(largestHello: largestHello)
  var settled: Int?
  var sighting = Sighting.undecided(couldBeTLS: .notYet)
  for count in 0...bytes.count {
    sighting = sniffer.look(at: bytes.span.extracting(first: count))
    if sighting.isSettled, settled == nil { settled = count }
  }
  return (sighting, settled)
}

/// SplitMix64: the same numbers in every run.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
