/// What a code of a finding means: a page of `Codes/Pages`, in a small part of Markdown.
///
/// It opens with `# E0103: unknown key` and a paragraph that says what it means. Then come a wrong example and a right one,
/// each a whole file in a fence, and last why it matters. A file that would not fit a page has no examples.
package struct DiagnosticPage: Sendable, Equatable {
  /// The page as it is written.
  package let markdown: String
  /// What is found, in a few words.
  package let title: String
  /// What it means, on one line.
  package let summary: String
  /// The examples: a wrong file and a right one, or none.
  package let examples: [String]

  init(markdown: String) {
    self.markdown = markdown
    let blocks = markdown.split(separator: "```", omittingEmptySubsequences: false)
    examples = blocks.enumerated().filter { $0.offset % 2 == 1 }.map { $0.element.dropFirstLine() }
    let paragraphs = (blocks.first ?? "").split(separator: "\n\n")
    title = paragraphs.first?.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
    summary = paragraphs.dropFirst().first?.split(separator: "\n").joined(separator: " ") ?? ""
  }

  /// The page for a terminal of 80 columns: its title without a sign, its examples indented.
  package var text: String {
    var isExample = false
    var lines: [String] = []
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isExample.toggle()
      } else if isExample {
        lines.append("    " + line)
      } else {
        lines.append(line.hasPrefix("# ") ? String(line.dropFirst(2)) : String(line))
      }
    }
    return lines.joined(separator: "\n")
  }
}

extension Substring {
  fileprivate func dropFirstLine() -> String {
    firstIndex(of: "\n").map { String(self[index(after: $0)...]) } ?? ""
  }
}
