import Foundation
import Routing
import Testing

@testable import RuleLanguage

/// rules/schema.json says to editors what the loader says: the same keys with the same words, and the same verdict on every
/// fixture, given by a validator that knows nothing of usher.
@Suite struct SchemaTests {
  private static func schema() throws -> [String: Any] {
    let data = try Data(contentsOf: Fixture.root.appending(path: "rules/schema.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// The part of the schema for a mapping.
  private static func part(_ table: Shapes.Table) throws -> [String: Any] {
    let schema = try schema()
    if table.word == "file" { return schema }
    let definitions = try #require(schema["definitions"] as? [String: [String: Any]])
    return try #require(definitions[table.word], "the schema has no definition `\(table.word)`")
  }

  @Test(arguments: Shapes.all) func hasTheSameKeys(_ table: Shapes.Table) throws {
    let part = try SchemaTests.part(table)
    let properties = try #require(part["properties"] as? [String: [String: Any]])
    #expect(Set(properties.keys) == Set(table.rows.map(\.name)))
    #expect(part["additionalProperties"] as? Bool == false)
    #expect(Set(part["required"] as? [String] ?? []) == Set(table.rows.filter(\.isRequired).map(\.name)))
    for row in table.rows {
      #expect(properties[row.name]?["description"] as? String == row.summary)
      #expect(properties[row.name]?["default"].map { "\($0)" } == row.standard.map { $0 == "false" ? "0" : $0 })
    }
  }

  @Test func knowsAllProtocols() throws {
    let definitions = try #require(try SchemaTests.schema()["definitions"] as? [String: [String: Any]])
    #expect(definitions["protocol"]?["enum"] as? [String] == Vocabulary.protocolNames)
  }

  @Test func agreesWithTheLoader() throws {
    let fixtures = Fixture.good + Fixture.warned + Fixture.shipped + Fixture.bad
    let verdicts = try SchemaTests.validate(fixtures.map(\.url.path))
    for (fixture, verdict) in zip(fixtures, verdicts) where !fixture.isUnreadable {
      let isWrong = fixture.file.diagnostics.contains { SchemaTests.structural.contains($0.kind) }
      #expect(verdict.isValid == !isWrong, "\(fixture.name): \(verdict.reason)")
    }
  }

  /// Each example, alone in its mapping. Those of whole files are in the reference.
  @Test func takesEveryExample() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "usher-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var (arguments, names): ([String], [String]) = ([], [])
    for table in Shapes.all {
      for row in table.rows where row.name != "country" && table.word != "file" {
        let url = folder.appending(path: "\(table.word).\(row.name).yaml")
        try Data("\(row.name): \(row.example)\n".utf8).write(to: url)
        arguments.append("\(url.path)#\(table.word)")
        names.append("\(table.word).\(row.name)")
      }
    }
    for (name, verdict) in zip(names, try SchemaTests.validate(arguments)) {
      #expect(verdict.isValid, "\(name): \(verdict.reason)")
    }
  }

  /// What a schema can see. Patterns and addresses are seen as far as their shape goes.
  private static let structural: Set<DiagnosticKind> = [
    .unknownKey, .missingKey, .exclusiveKeys, .wrongType, .noUnit, .badValue, .badAddress, .badPattern, .emptyList,
    .emptyCondition, .notBuiltIn,
  ]

  private struct Verdict {
    let isValid: Bool
    let reason: String
  }

  /// - Parameter files: paths; behind a `#` the definition that a file is held against, without it the whole schema.
  private static func validate(_ files: [String]) throws -> [Verdict] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, Fixture.root.appending(path: "rules/schema.json").path] + files
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "needs python3-jsonschema and python3-yaml")
    let lines = text.split(separator: "\n")
    try #require(lines.count == files.count)
    return lines.map { Verdict(isValid: $0 == "valid", reason: String($0)) }
  }

  /// Reads YAML as editors do: by the core schema of YAML 1.2, in which `NO` is a text.
  private static let script = """
    import json, re, sys, yaml, jsonschema
    class Core(yaml.SafeLoader): pass
    Core.yaml_implicit_resolvers = {}
    for tag, pattern, first in [
      ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"), ("null", r"~|null|Null|NULL|", "~nN"),
      ("int", r"[-+]?[0-9]+", "-+0123456789"),
      ("float", r"[-+]?([.][0-9]+|[0-9]+([.][0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789")]:
      Core.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile("^(?:" + pattern + ")$"),
                                 list(first) + ([""] if tag == "null" else []))
    schema = json.load(open(sys.argv[1]))
    jsonschema.Draft7Validator.check_schema(schema)
    for name in sys.argv[2:]:
      path, _, definition = name.partition("#")
      part = {"$ref": "#/definitions/" + definition, "definitions": schema["definitions"]} if definition else schema
      try:
        document = yaml.load(open(path, encoding="utf-8"), Core)
        errors = jsonschema.Draft7Validator(part).iter_errors(document)
        if definition:
          # One key alone leaves others missing.
          errors = [e for e in errors if e.absolute_path or e.validator not in ("required", "oneOf")]
        error = jsonschema.exceptions.best_match(errors)
        print("valid" if error is None else ("invalid: " + error.message.replace("\\n", " ")))
      except Exception as error:
        print("unreadable:", str(error).replace("\\n", " "))
    """
}

extension Shapes.Table: CustomTestStringConvertible {
  /// Its name in the schema: the noun without article and signs.
  var word: String { noun.split(separator: " ").last.map { $0.filter { $0 != "`" } } ?? "" }
  public var testDescription: String { word }
}

extension KeyRow {
  var isRequired: Bool {
    if case .required = presence { true } else { false }
  }

  /// What counts when it is left out.
  var standard: String? {
    if case .optional(let standard) = presence { standard } else { nil }
  }
}

extension Fixture {
  /// Whether it is no YAML, or not such as every reader takes.
  var isUnreadable: Bool {
    let kinds: Set<DiagnosticKind> = [
      .notUTF8, .controlCharacter, .emptyFile, .badYAML, .severalDocuments, .tooDeep, .alias, .tag, .mergeKey, .badKey,
    ]
    return file.diagnostics.contains { kinds.contains($0.kind) }
  }
}
