import Routing
import Wire

/// A connection of the log, as far as the grace is concerned. Times are in tenths of a millisecond, as the log has them.
struct GraceVisit: Equatable {
  var listener: String
  /// Where from; nil for a Unix socket.
  var client: IPAddress?
  /// When it was logged, as it is written there.
  var time: String
  var beginning: Beginning

  /// How a client began; spans are since accept.
  enum Beginning: Equatable {
    /// With a ClientHello, after that long.
    case tls(UInt64)
    /// With plaintext before it was greeted.
    case plaintext(UInt64)
    /// It waited to be greeted.
    case silent(UInt64)
    /// It was greeted before its ClientHello came, which was then.
    case late(UInt64)
  }

  /// Nil for a connection that tells nothing: decided at accept, or gone before it began.
  init?(_ fields: LogFields) {
    guard let listener = fields["listener"], let beginning = Beginning(fields) else { return nil }
    self.listener = listener
    client = fields["client"].flatMap { Endpoint($0)?.ip }
    time = fields["time"] ?? ""
    self.beginning = beginning
  }
}

extension GraceVisit.Beginning {
  fileprivate init?(_ fields: LogFields) {
    let firstByte = fields["first-byte-ms"].flatMap(Self.tenths)
    switch (fields["verdict"], fields["end"]) {
    case (_, "late-hello"):
      guard let firstByte else { return nil }
      self = .late(firstByte)
    case ("silent", _):
      guard let waited = fields["grace-ms"].flatMap(Self.tenths) else { return nil }
      self = .silent(waited)
    case ("tls", _), ("incomplete-tls", _), ("broken-tls", _), ("oversized-hello", _):
      guard let firstByte else { return nil }
      self = .tls(firstByte)
    case (.some, _):
      guard let firstByte else { return nil }
      self = .plaintext(firstByte)
    case (nil, _): return nil
    }
  }

  /// `812.1`; what is longer than an hour is an hour.
  private static func tenths(_ text: String) -> UInt64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = UInt32(parts[0]), let rest = parts.count == 2 ? UInt32(parts[1]) : 0, rest < 10
    else { return nil }
    return min(UInt64(whole) * 10 + UInt64(rest), GraceSpans.longest)
  }
}
