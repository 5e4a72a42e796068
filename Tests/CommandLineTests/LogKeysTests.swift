import Foundation
import TestSupport
import Testing

/// The keys of the log lines in the sources, and those in docs/log.md.
@Suite struct LogKeysTests {
  private static let project = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardized

  /// The targets that a gateway runs.
  private static func sources() throws -> [String] {
    let folder = project.appending(path: "Sources")
    let files = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
    return try files.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Sandbox/") }.map {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
    }
  }

  /// The keys of all metadata of log lines.
  private static func used() throws -> Set<String> {
    let metadata = try Regex(
      #"(?:metadata: \[|Logger\.Metadata = \[|\.logged\(\[|logged\.merging\(\[|merging\(\[|facts\(\[)"#)
    let key = try Regex<(Substring, Substring)>(#""([a-z_]+)": "#)
    let assignment = try Regex<(Substring, Substring)>(#"(?:metadata|facts)\["([a-z_]+)"\] = "#)
    var keys: Set<String> = []
    for text in try sources() {
      keys.formUnion(text.matches(of: assignment).map { String($0.output.1) })
      for match in text.matches(of: metadata) {
        var depth = 1
        let list = text[match.range.upperBound...].prefix { letter in
          depth += letter == "[" ? 1 : letter == "]" ? -1 : 0
          return depth > 0
        }
        keys.formUnion(list.matches(of: key).map { String($0.output.1) })
      }
    }
    return keys
  }

  @Test func `every key of a log line is documented, and every documented key exists`() throws {
    let page = try String(contentsOf: Self.project.appending(path: "docs/log.md"), encoding: .utf8)
    let tables = try #require(page.range(of: "## Keys")).upperBound
    let name = try Regex<(Substring, Substring)>("`([a-z_0-9]+)`")
    let documented = page[tables...].split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
      row.split(separator: "|")[0].matches(of: name).map { String($0.output.1) }
    }
    let used = try Self.used()
    #expect(used.count > 50)
    #expect(used.subtracting(documented).sorted() == [])
    // Assigned to a variable before, so not found.
    #expect(Set(documented).subtracting(used).subtracting(["sha256"]).sorted() == [])
    #expect(Set(documented).count == documented.count, "\(documented)")
  }
}
