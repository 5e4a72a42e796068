import Foundation
import Testing

/// The commands of docs/rules.md. `UPDATE_GOLDEN=1` rewrites their output.
@Suite struct RulesSessionTests {
  private static let file = URL(filePath: #filePath).appending(path: "../../../docs/rules.md").standardizedFileURL

  @Test func `the commands of the reference print what the reference shows`() async throws {
    let page = try String(contentsOf: Self.file, encoding: .utf8)
    let start = try #require(page.firstRange(of: "\n## A session\n")).upperBound
    let end = try #require(page[start...].firstRange(of: "\n## ")).lowerBound
    let written = ShellSession(markdown: String(page[start..<end]))
    #expect(written.markdown == page[start..<end])
    let now = try await written.again()
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try page.replacingCharacters(in: start..<end, with: now.markdown)
        .write(to: Self.file, atomically: true, encoding: .utf8)
    } else {
      #expect(written.steps.count > 1)
      for (written, now) in zip(written.steps, now.steps) {
        #expect(now == written, "UPDATE_GOLDEN=1 swift test --filter RulesSessionTests writes it anew")
      }
    }
  }
}
