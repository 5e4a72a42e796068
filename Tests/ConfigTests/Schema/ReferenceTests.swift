import Foundation
import RulesTools
import Testing

@testable import ConfigLoader;

/// Compares the tables of docs/rules.md with the schema. `UPDATE_GOLDEN=1` rewrites them.
@Suite struct ReferenceTests {
  private static let file = URL(filePath: #filePath).appending(path: "../../../../docs/rules.md").standardizedFileURL

  /// Returns the text between each pair of marks, by the name in the first.
  private static let tables: [String: String] = {
    var tables = Dictionary(uniqueKeysWithValues: Schema.sections.map { ("keys: \($0.name)", $0.table) })
    let codes = DiagnosticCode.allCases.map { "| \($0.rawValue) | \($0.page.title) |\n" }
    tables["codes"] = "| code | what is found |\n|---|---|\n" + codes.joined()
    return tables
  }()

  @Test func `the tables in docs/rules.md are those of the schema`() throws {
    let written = try String(contentsOf: Self.file, encoding: .utf8)
    var rest = written[...]
    var expected = ""
    var missing = Set(Self.tables.keys)
    while let mark = rest.firstMatch(of: /<!-- ((?:keys: )?[a-z ]+) -->\n/) {
      let name = String(mark.output.1)
      let table = try #require(Self.tables[name], "no table is called `\(name)`")
      let end = try #require(rest[mark.range.upperBound...].firstRange(of: "<!-- end -->"))
      expected += rest[..<mark.range.upperBound] + table
      rest = rest[end.lowerBound...].dropFirst("<!-- end -->".count)
      expected += "<!-- end -->"
      missing.remove(name)
    }
    expected += rest
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try expected.write(to: Self.file, atomically: true, encoding: .utf8)
    } else {
      #expect(written == expected, "UPDATE_GOLDEN=1 swift test --filter ReferenceTests writes them anew")
    }
    #expect(missing.isEmpty)
  }

  @Test func `rules schema prints the tables of the reference`() {
    for section in Schema.sections { #expect(RulesSchema.markdown.contains("## \(section.name)\n\n\(section.table)")) }
  }
}
