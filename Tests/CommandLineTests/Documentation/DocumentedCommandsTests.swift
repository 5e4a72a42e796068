import Foundation
import Testing

/// The command lines and options that the pages mention, compared with the argument parser.
@Suite struct DocumentedCommandsTests {
  /// The pages for users. CONTRIBUTING.md and the changelog name other programs and former options.
  static let pages = MarkdownPage.all.filter { $0.path == "README.md" || $0.path.hasPrefix("docs/") }

  @Test(arguments: pages)
  func `every command in a block of code exists, with its options`(page: MarkdownPage) async throws {
    let root = try await CommandTree.ofProgram()
    for line in page.codeBlocks.flatMap(\.commandLines) {
      for part in line.text.components(separatedBy: " | ") {
        let part = MarkdownPage.Line(number: line.number, text: part)
        guard let command = DocumentedCommand(part, of: page, in: root) else { continue }
        if let problem = root.problem(in: command.words[...]) { Issue.record("\(command.place): \(problem)") }
      }
    }
  }

  @Test(arguments: pages)
  func `every command and option in the text exists`(page: MarkdownPage) async throws {
    let root = try await CommandTree.ofProgram()
    for span in page.codeSpans {
      let words = ShellWords(span.text[...]).words
      let place = "\(page.path):\(span.number): \(span.text)"
      if let command = DocumentedCommand(span, of: page, in: root) {
        if let problem = root.problem(in: command.words[...]) { Issue.record("\(place): \(problem)") }
      } else if let first = words.first, root[first] != nil, words.contains(where: { $0.hasPrefix("--") }) {
        // `rules check --online`, without the program's name.
        if let problem = root.problem(in: words[...]) { Issue.record("\(place): \(problem)") }
      } else if let first = words.first, first.hasPrefix("--") {
        let option = String(first.prefix { $0 != "=" })
        #expect(
          root.allOptions.contains(option) || isOfAnotherProgram(option, on: page, root), "\(place): no such option")
      }
    }
  }

  @Test func `the parser of documented commands finds mistakes`() async throws {
    let root = try await CommandTree.ofProgram()
    func command(_ line: String) -> DocumentedCommand? {
      DocumentedCommand(MarkdownPage.Line(number: 1, text: line), of: MarkdownPage(path: "page", text: ""), in: root)
    }
    func problem(_ line: String) throws -> String? { root.problem(in: try #require(command(line)).words[...]) }
    #expect(try problem("$ edgecrab rules chek a.yaml") == "`edgecrab rules` has no command `chek`")
    #expect(try problem("edgecrab frobnicate") == "`edgecrab` has no command `frobnicate`")
    #expect(try problem("sudo -u edgecrab edgecrab doctor --fast") == "`edgecrab doctor` has no option `--fast`")
    #expect(try problem("edgecrab doctor --format xml") == "`edgecrab doctor --format` does not take `xml`")
    #expect(try problem("edgecrab doctor now") == "`edgecrab doctor` does not take `now`")
    #expect(try problem("A=b edgecrab rules explain --text 'a b' --user x | head -5 --lines") == nil)
    #expect(try problem("edgecrab rules check [FILE…] --format FORMAT  # --fast") == nil)
    #expect(try problem("edgecrab rules show a-$(date +%F | tr - _).yaml") == nil)
    #expect(command("journalctl -u edgecrab -p warning") == nil)
    #expect(command("install -m 755 edgecrab /usr/bin/edgecrab") == nil)
  }

  /// Returns whether the page shows a command of another program with the option.
  private func isOfAnotherProgram(_ option: String, on page: MarkdownPage, _ root: CommandTree) -> Bool {
    (page.codeBlocks.flatMap(\.lines) + page.codeSpans).contains { line in
      !line.text.hasPrefix("--") && line.text.contains(option) && DocumentedCommand(line, of: page, in: root) == nil
    }
  }
}
