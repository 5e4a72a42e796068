import Foundation
import Testing

/// Compares the environment variables in docs/files.md with those that the sources name.
@Suite struct DocumentedVariablesTests {
  private static let sources: [(path: String, text: String)] = {
    let folder = MarkdownPage.root.appending(path: "Sources")
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".swift") || $0.hasSuffix(".c") }.map { path in
      (path, (try? String(contentsOf: folder.appending(path: path), encoding: .utf8)) ?? "")
    }
  }()

  /// Every line that reads a variable has one of these: expressions are slow.
  private static let marks = [
    "MATTERMOST_", "EDGECRAB_", "OTEL_", "SSL_", "CURL_", "getenv(", "nvironment[", "rocess[", "ariables[",
  ]

  /// The variables that the sources read, with a file that does.
  private static let read: [String: String] = {
    var read: [String: String] = [:]
    for (path, text) in sources {
      for line in text.split(separator: "\n")
      where marks.contains(where: line.contains) && !line.drop(while: { $0 == " " }).hasPrefix("//") {
        let names =
          line.matches(of: /(?i:environment|process|variables)\w*\["([A-Za-z_]+)"\]/).map(\.output.1)
          + line.matches(of: /getenv\("([A-Za-z_]+)"\)/).map(\.output.1)
          + line.matches(of: /\b((?:MATTERMOST|EDGECRAB|OTEL|SSL|CURL)_[A-Z_]*[A-Z])\b[^(]*"/).map(\.output.1)
        for name in names { read[String(name)] = path }
      }
    }
    return read
  }()

  /// Returns the names in the first column of the tables of a page.
  private func documented(in path: String) throws -> Set<String> {
    let page = try #require(MarkdownPage(path))
    let cells = page.prose.filter { $0.text.hasPrefix("| `") }.compactMap { $0.text.split(separator: "|").first }
    return Set(
      cells.flatMap { $0.matches(of: /`(?:export )?([A-Za-z]+_?[A-Z_a-z]*)`/).map { String($0.output.1) } }
        .filter { $0.wholeMatch(of: /[A-Z]+[A-Z_]*|[a-z]+_proxy/) != nil })
  }

  @Test func `every variable that is read is in docs/files_md`() throws {
    let here = try documented(in: "docs/files.md")
    // OpenTelemetry's variables have a page of their own.
    let tracing = MarkdownPage("docs/tracing.md")?.text ?? ""
    #expect(Self.read.count > 10)
    for (name, path) in Self.read where !name.hasPrefix("EDGECRAB_CCURL") {
      #expect(
        here.contains(name) || name.hasPrefix("OTEL_") && tracing.contains("`\(name)`"),
        "\(name), which Sources/\(path) reads, is not in docs/files.md")
    }
  }

  @Test func `every variable in docs/files_md occurs in the sources`() throws {
    for name in try documented(in: "docs/files.md") {
      // Those of `exec` agents are named without their prefix; libcurl reads those of proxies.
      let suffix = name.hasPrefix("EDGECRAB_") ? "\"\(name.dropFirst("EDGECRAB_".count))\"" : name
      let isNamed = Self.sources.contains { $0.text.contains(name) || $0.text.contains(suffix) }
      #expect(isNamed || name.lowercased().hasSuffix("_proxy"), "no source reads \(name)")
    }
  }
}
