import Foundation
import Testing

// Books that must agree: what clients heard at last, what servers stored, what usher logged.

/// How a client ended, in its own words (`Programs/ledger-clients.py`).
struct Fate: Sendable, Decodable, CustomStringConvertible {
  enum End: String, Decodable { case accepted, refused, distrusted, broken, hung }
  enum Way: String, Decodable { case plain, starttls, implicit, distrusting }

  /// In the message's subject, and in each of its lines.
  let token: String
  /// The client's own, as usher logs it.
  let address: String?
  /// Where it went.
  let port: Int
  let way: Way
  let end: End
  let step: String
  /// The last that it heard.
  let reply: String?
  /// How the connection broke.
  let how: String?

  /// An alert is the last word of TLS.
  var heardAlert: Bool { how?.contains("ALERT") == true }
  var description: String { "\(way) \(end) at \(step): \(reply ?? "-") \(how ?? "")" }
}

/// What clients of one run wrote.
struct Ledger: Sendable {
  let fates: [Fate]
  let lines: Int

  /// Lets clients come, 200 a second whatever becomes of them, and returns when the last one has ended.
  /// - Parameters:
  ///   - ways: of `Fate.Way`, in turn.
  ///   - styles: data, pipelining, bdat, slow: in turn.
  ///   - lines: of each message, of 45 bytes.
  init(
    of count: Int, at ports: [Int], on stage: Stage, ways: [Fate.Way], styles: [String], lines: Int = 5
  ) async throws {
    let program = Machine.project.appending(path: "Tests/EndToEndTests/Programs/ledger-clients.py").path
    let clients = try stage.startClient(
      "clients",
      ["/usr/bin/python3", program] + ports.map(String.init) + [
        "--count", "\(count)", "--rate", "200", "--ways", ways.map(\.rawValue).joined(separator: ","),
        "--styles", styles.joined(separator: ","), "--lines", "\(lines)",
      ])
    try await clients.ended(within: .seconds(120))
    self.lines = lines
    fates = try clients.output.split(separator: "\n").map { line in
      do { return try JSONDecoder().decode(Fate.self, from: Data(line.utf8)) } catch { throw Failure(clients.output) }
    }
    #expect(fates.count == count)
  }

  func count(_ end: Fate.End, where fits: (Fate) -> Bool = { _ in true }) -> Int {
    fates.count { $0.end == end && fits($0) }
  }

  /// Who heard 250 finds its message in a store, once and as it was; nobody is left without a word but by a server that it was
  /// relayed to, as a direct client would be; and usher has one line of each.
  func isBalanced(with stores: [Store], _ usher: RunningUsher) async throws {
    let reports = try await reports(of: usher)
    let stored = try await messages(in: stores)
    for fate in fates {
      let copies = stored[fate.token] ?? []
      #expect(copies.allSatisfy(isWhole(fate.token)), "changed: \(fate)")
      switch fate.end {
      case .accepted: #expect(copies.count == 1, "\(copies.count) of \(fate)")
      case .refused, .distrusted: #expect(copies.isEmpty, "\(fate)")
      // Who hears nothing of its content sends it again (RFC 1047).
      case .broken:
        #expect(copies.count <= (fate.step == "end" ? 1 : 0), "\(fate)")
        #expect(fate.heardAlert || fate.address.flatMap { reports[$0] }?["address"] != nil, "nobody told \(fate)")
      case .hung: Issue.record("left without a word: \(fate)")
      }
      if let reply = fate.reply, fate.end == .refused { #expect("4n".contains(reply.prefix(1)), "\(reply)") }
    }
    #expect(Set(stored.keys).isSubset(of: fates.map(\.token)))
  }

  /// By the client's address.
  private func reports(of usher: RunningUsher) async throws -> [String: Report] {
    let clients = fates.compactMap(\.address)
    try await until("usher has logged all clients", or: { "\(usher.reports.count) of \(clients.count)" }) {
      usher.reports.count >= clients.count
    }
    let reports = usher.reports
    #expect(reports.compactMap { $0["client"] }.sorted() == clients.sorted())
    return Dictionary(reports.map { ($0["client"] ?? "", $0) }, uniquingKeysWith: { $1 })
  }

  /// By token, as soon as all that were accepted are there. A server that was killed may deliver anew what it took once.
  private func messages(in stores: [Store]) async throws -> [String: Set<Data>] {
    var stored: [String: Set<Data>] = [:]
    let accepted = fates.filter { $0.end == .accepted }
    func missing() -> [Fate] { accepted.filter { stored[$0.token] == nil } }
    try await until(
      "all that was accepted is stored", or: { "\(missing().count) of \(accepted.count): \(missing().prefix(3))" }
    ) {
      stored = [:]
      for file in stores.flatMap(\.files) { if let token = token(of: file) { stored[token, default: []].insert(file) } }
      return missing().isEmpty
    }
    return stored
  }

  private func token(of file: Data) -> String? {
    file.range(of: Data("Subject: ".utf8)).map { String(decoding: file[$0.upperBound...].prefix(36), as: UTF8.self) }
  }

  /// What is behind the header is what was sent, with the line ends of the store.
  private func isWhole(_ token: String) -> (Data) -> Bool {
    let endings = ["\n", "\r\n"].map { end in
      Data((end + end + String(repeating: ".\(token) Grüße\(end)", count: lines)).utf8)
    }
    return { file in endings.contains { file.suffix($0.count) == $0 } }
  }

  /// How many of each kind there were.
  var tally: String {
    Dictionary(grouping: fates) {
      "\($0.port) \($0.way) \($0.end) at \($0.step) \($0.reply?.prefix(11) ?? "") \($0.how ?? "")"
    }
    .map { "\($0.value.count) \($0.key)" }.sorted().joined(separator: "\n")
  }
}
