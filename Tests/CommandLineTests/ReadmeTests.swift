import Foundation
import TestSupport
import Testing

/// The README's rules file.
@Suite struct ReadmeTests {
  @Test func `the rules file of the README has no diagnostics`() async throws {
    let readme = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md").standardized,
      encoding: .utf8)
    let block = try #require(readme.components(separatedBy: "```yaml\n").dropFirst().first)
    let yaml = try #require(block.components(separatedBy: "```").first)
    let folder = try TemporaryFolder()
    let path = try folder.write(yaml, to: "rules.yaml")
    let ended = try await EdgecrabProcess(["rules", "check", path]).ended()
    #expect(ended.output == "\(path): 2 rules, 1 agent, 0 tests: good\n")
    #expect(ended.status == 0)
  }
}
