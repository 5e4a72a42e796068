import TestSupport
import Testing

/// The rules files in the pages, as `edgecrab rules check` sees them.
@Suite struct DocumentedRulesFilesTests {
  @Test(arguments: MarkdownPage.all)
  func `every rules file in a page is good, and its tests pass`(page: MarkdownPage) async throws {
    let folder = try TemporaryFolder()
    for (index, block) in page.codeBlocks.enumerated() where block.text.hasPrefix("version: 1\n") {
      // Any folder that every machine has can be the project.
      let text = block.text.replacing(/folder: .*\n *worktree: true/, with: "folder: /")
      let path = try folder.write(text, to: "rules-\(index).yaml")
      let ended = try await EdgecrabProcess(["rules", "check", "--strict", path]).ended()
      #expect(ended.status == 0, "\(page.path):\(block.lines[0].number)\n\(ended.output)\(ended.errors)")
    }
  }
}
