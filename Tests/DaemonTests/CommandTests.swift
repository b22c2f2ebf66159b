import Foundation
import Testing

/// Exit codes and errors of the commands.
@Suite struct CommandTests {
  private static let good = """
    listeners: [{ name: a, listen: 127.0.0.1:2500, rules: [{ name: all, to: s }] }]
    servers: { s: { address: 127.0.0.1:2501 } }

    """
  private static let mail = """
    listeners: [{ name: a, listen: 127.0.0.1:2500, dialogue: smtp, rules: [{ name: all, to: s }] }]
    servers: { s: { address: 127.0.0.1:2501, client-address: hidden } }

    """
  private static let unused = good + "  # nobody goes there\n"
  private static let warned = """
    listeners: [{ name: a, listen: 127.0.0.1:2500, rules: [{ name: all, to: s }] }]
    servers: { s: { address: 127.0.0.1:2501 }, unused: { address: 127.0.0.1:2502 } }

    """
  private static let bad = "listeners: []\n"
  private static let noCertificate = """
    certificates: [{ chain: /nowhere/chain.pem, key: /nowhere/key.pem }]
    listeners: [{ name: a, listen: 127.0.0.1:2500, rules: [{ name: all, to: s, terminate-tls: true }] }]
    servers: { s: { address: 127.0.0.1:2501 } }

    """
  private static let noUser = good + "settings: { user: nobody-of-that-name }\n"

  struct Row: Sendable {
    let arguments: [String]
    let input: String
    let code: Int32

    init(_ arguments: [String], _ input: String, _ code: Int32) {
      (self.arguments, self.input, self.code) = (arguments, input, code)
    }
  }

  private static let rows: [Row] = [
    Row(["--version"], "", 0), Row(["--help"], "", 0), Row(["help", "run"], "", 0), Row([], "", 0),
    Row(["--generate-completion-script", "bash"], "", 0),
    Row(["walk"], "", 2), Row(["run"], "", 2), Row(["run", "--log-format", "xml", "-"], good, 2),
    Row(["check", "a", "b"], "", 2),
    Row(["explain", "-", "--tls-version", "4"], good, 2), Row(["explain", "-", "--tls", "--silent"], good, 2),
    Row(["explain", "-", "--client", "here"], good, 2), Row(["explain", "-", "--listener", "b"], good, 2),
    Row(["explain", "-", "--helo", "x"], good, 2), Row(["explain", "-", "--command", "MAIL"], mail, 0),
    Row(["explain", "-", "--command", "quit"], mail, 2), Row(["explain", "-", "--bytes", "-"], good, 2),
    Row(["check", "-"], good, 0), Row(["check", "-"], unused, 0), Row(["check", "-"], warned, 0),
    Row(["check", "--strict", "-"], warned, 1), Row(["check", "-"], bad, 1), Row(["run", "-"], bad, 1),
    Row(["explain", "-"], bad, 1),
    Row(["check", "/nowhere/rules.yaml"], "", 3), Row(["run", "/nowhere/rules.yaml"], "", 3),
    Row(["explain", "/nowhere/rules.yaml"], "", 3), Row(["check", "-"], noCertificate, 3),
    Row(["run", "-"], noCertificate, 3),
    Row(["check", "-"], noUser, 3), Row(["explain", "-", "--bytes", "/nowhere/hello"], good, 3),
  ]

  @Test(arguments: rows) func theExitCodeSaysWhoIsWrong(row: Row) throws {
    let ending = try Program.run(row.arguments, input: row.input)
    #expect(ending.code == row.code, "\(ending)")
    #expect(ending.output.isEmpty == false || ending.errors.isEmpty == false)
  }

  /// What went wrong is named: the thing and the reason.
  @Test(arguments: [
    (["check", "/nowhere/rules.yaml"], "", "/nowhere/rules.yaml cannot be read: No such file or directory"),
    (["check", "-"], noCertificate, "/nowhere/chain.pem"),
    (["check", "-"], noUser, "settings: user: there is no user nobody-of-that-name on this machine"),
    (["explain", "-", "--listener", "b"], good, "there is no listener b; there are: a"),
    (["explain", "-", "--helo", "x"], good, "this listener has no dialogue"),
    (["explain", "-", "--command", "quit"], mail, "QUIT decides nothing"),
  ]) func theErrorNamesTheThing(arguments: [String], input: String, words: String) throws {
    let ending = try Program.run(arguments, input: input)
    #expect((ending.output + ending.errors).contains(words), "\(ending)")
  }

  /// Each diagnostic is several lines: a blank one tells where the next begins, and none is before the first.
  @Test(arguments: ["check", "run"]) func aBlankLineParts(command: String) throws {
    let ending = try Program.run([command, "-"], input: "listeners: [{ nam: a }]\nservers: { s: { adress: b } }\n")
    let said = ending.output + ending.errors
    let paragraphs = said.split(separator: "\n\n", omittingEmptySubsequences: false)
    #expect(paragraphs.count > 1, "\(said)")
    #expect(paragraphs.allSatisfy { $0.hasPrefix("stdin:") && $0.matches(of: /error:/).count == 1 }, "\(said)")
  }

  @Test func checkSpeaksJSON() throws {
    let ending = try Program.run(["check", "--format", "json", "-"], input: Self.warned)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
    #expect(object["usable"] as? Bool == true)
    let diagnostics = try #require(object["diagnostics"] as? [[String: Any]])
    #expect(diagnostics.map { $0["kind"] as? String } == ["unused-server"])
  }

  @Test func explainSpeaksJSON() throws {
    let ending = try Program.run(["explain", "--format", "json", "-", "--client", "192.0.2.1"], input: Self.good)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
    let decision = try #require(object["decision"] as? [String: Any])
    #expect(decision["to"] as? String == "s")
    #expect(decision["at"] as? String == "accept")
  }
}
