// What rules ask of a ClientHello as text.

import Peek

extension ClientHello {
  /// The highest version that it offers: `1.3`, `1.2`, `1.1`, `1.0`, `ssl3` or `ssl2`.
  var tlsVersion: String {
    switch supportedVersions.max() ?? legacyVersion {
    case 0x0304...: "1.3"
    case 0x0303: "1.2"
    case 0x0302: "1.1"
    case 0x0301: "1.0"
    case 0x0300: "ssl3"
    default: "ssl2"
    }
  }
}
