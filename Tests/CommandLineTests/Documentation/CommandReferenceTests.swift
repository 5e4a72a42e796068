import Foundation
import Testing

/// Compares docs/command-line.md with the argument parser. `UPDATE_GOLDEN=1` rewrites it.
@Suite struct CommandReferenceTests {
  @Test func `the reference of the command line is that of the argument parser`() async throws {
    let page = try #require(MarkdownPage("docs/command-line.md"))
    let mark = "<!-- commands -->\n"
    let start = try #require(page.text.firstRange(of: mark)).upperBound
    let expected = page.text[..<start] + (try await CommandTree.ofProgram().markdown)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try expected.write(to: MarkdownPage.root.appending(path: page.path), atomically: true, encoding: .utf8)
    } else {
      #expect(page.text == expected, "UPDATE_GOLDEN=1 swift test --filter CommandReferenceTests writes it anew")
    }
  }
}
