import Engine
import Routing
import Wire

extension LogLine {
  /// A connection at its end. Names are the file's, words are usher's; of what the client said nothing stands here.
  mutating func add(_ report: ConnectionReport) {
    let summary = report.summary
    let listener = report.configuration.listeners[summary.listener]
    addEvent("connection")
    add("listener", listener.name)
    add("client", summary.client.description)
    if let verdict = summary.verdict { add("verdict", verdict) }
    if let rule = summary.rule { add("rule", listener.rules.rules[rule].name) }
    if let server = summary.server { add("server", report.configuration[server].name) }
    if let address = report.serverAddress { add("address", address.description) }
    if let evidence = summary.decidedBy { add("decided-by", evidence.rawValue) }
    if let after = summary.decidedAfter {
      add("decided-ms", after)
      add("decided-bytes", UInt64(summary.decidedBytes))
    }
    if let after = summary.firstByteAfter { add("first-byte-ms", after) }
    if let waited = summary.graceWaited { add("grace-ms", waited) }
    add("from-client", report.bytesFromClient)
    add("to-client", report.bytesToClient)
    add("ms", report.duration)
    add("end", report.ending)
  }
}
