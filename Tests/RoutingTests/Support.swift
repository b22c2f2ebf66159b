import Patterns
import Peek
import Routing
import Wire

let loopback = Endpoint.tcp(IPAddress(v4: 0x7F00_0001), port: 25)

/// A client of whom nothing is known but that it is here.
func newcomer(_ client: String = "192.0.2.1:40000", dialogue: Bool = true) -> Facts {
  Facts(client: Endpoint(client)!, local: loopback, dialogue: dialogue)
}

func patterns(_ sources: String...) -> [Pattern] {
  sources.map { try! Pattern($0, ignoresCase: true) }
}

func hello(names: [String] = [], alpn: [String] = [], versions: [UInt16] = [0x0304, 0x0303], legacy: UInt16 = 0x0303)
  -> ClientHello
{
  ClientHello(
    legacyVersion: legacy, supportedVersions: versions, serverNames: names, alpn: alpn.map { Array($0.utf8) },
    cipherSuites: [], extensions: [], signatureAlgorithms: [], isSSLv2Format: false)
}

extension Facts {
  /// These facts, and what `change` makes of them.
  func with(_ change: (inout Facts) -> Void) -> Facts {
    var facts = self
    change(&facts)
    return facts
  }
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
