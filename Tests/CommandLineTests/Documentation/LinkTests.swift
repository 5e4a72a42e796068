import Foundation
import Testing

/// The links between the pages of the documentation.
@Suite struct LinkTests {
  @Test(arguments: MarkdownPage.all)
  func `every relative link leads to a file, and its anchor to a heading`(page: MarkdownPage) {
    let folder = MarkdownPage.root.appending(path: page.path).deletingLastPathComponent()
    for link in page.links where !link.text.contains("://") && !link.text.hasPrefix("mailto:") {
      let parts = link.text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let file = parts[0].isEmpty ? MarkdownPage.root.appending(path: page.path) : folder.appending(path: parts[0])
      let place = "\(page.path):\(link.number): \(link.text)"
      #expect(FileManager.default.fileExists(atPath: file.standardizedFileURL.path), "\(place): no such file")
      guard parts.count == 2, file.pathExtension == "md",
        let text = try? String(contentsOf: file.standardizedFileURL, encoding: .utf8)
      else { continue }
      let target = MarkdownPage(path: file.path, text: text)
      #expect(target.anchors.contains(parts[1]), "\(place): no such heading")
    }
  }

  @Test func `every page is linked from the index`() throws {
    let index = try #require(MarkdownPage("docs/README.md"))
    let linked = Set(index.links.map { String($0.text.prefix { $0 != "#" }) })
    for page in MarkdownPage.all where page.path.hasPrefix("docs/") && page.path != index.path {
      #expect(linked.contains(String(page.path.dropFirst("docs/".count))), "docs/README.md does not link \(page.path)")
    }
  }
}
