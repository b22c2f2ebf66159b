import Testing

/// What makes code feared is the tail: files of thousands of lines, functions of hundreds. There is none, and none grows.
@Suite struct ShapeTests {
  @Test(arguments: Repository.files(below: "Sources", ending: ".swift")) func filesAreShort(file: String) throws {
    #expect(try Repository.lines(file).count <= 300)
  }

  @Test(arguments: Repository.files(below: "Sources", ending: ".swift")) func functionsAreShort(file: String) throws {
    for function in functions(try Repository.lines(file)) {
      #expect(function.length <= 40, "\(function.head)")
    }
  }

  @Test func functionsAreFound() throws {
    let found = functions(try Repository.lines("Sources/Wire/LineBuffer.swift"))
    #expect(found.contains { $0.head.contains("func next()") && $0.length > 3 })
  }

  /// A function begins at its head and ends at the brace that stands under it: `swift format` sees to that.
  private func functions(_ lines: [Substring]) -> [(head: String, length: Int)] {
    lines.indices.compactMap { start in
      let line = lines[start]
      let indent = line.prefix { $0 == " " }
      let words = line.split { " (<".contains($0) }
      guard words.contains("func") || words.contains("init"), !line.contains("}"),
        !indent.isEmpty || words.first != "//"
      else { return nil }
      guard let end = lines[start...].firstIndex(of: indent + "}") else { return nil }
      return (String(line.dropFirst(indent.count)), end - start - 1)
    }
  }
}
