// The first bytes of a client, at once and byte by byte: nothing traps, the verdict is the same, and it never changes.

import Fuzzer
import Peek

let largest = 4096

fuzz { bytes in
  var atOnce = Sniffer(largestHello: largest)
  let whole = atOnce.look(at: bytes.span)
  var byteByByte = Sniffer(largestHello: largest)
  var verdict: Sighting?
  for count in 0...bytes.count {
    let sighting = byteByByte.look(at: bytes.span.extracting(first: count))
    if let verdict { precondition(sighting == verdict, "a verdict changed") }
    if case .undecided = sighting { continue }
    verdict = sighting
  }
  if let verdict { precondition(whole == verdict, "a verdict depends on how the bytes came") }
  if case .tls(let hello) = whole { precondition(hello.ja4.utf8.count == 36, "a fingerprint of another length") }
}
