import Foundation
import Testing

/// A page of the documentation.
struct MarkdownPage: CustomTestStringConvertible, Sendable {
  /// The path in the repository: `docs/rules.md`.
  let path: String
  let text: String

  /// A line with its number, from 1.
  struct Line {
    let number: Int
    let text: String
  }

  /// A block of code, without its indentation and fences.
  struct CodeBlock {
    /// The word after the opening fence; empty for an indented block.
    let language: String
    let lines: [Line]

    var text: String { lines.map { $0.text + "\n" }.joined() }

    /// The lines, with those that end with a backslash joined to the next.
    var commandLines: [Line] {
      lines.reduce(into: []) { commands, line in
        if let last = commands.last, last.text.hasSuffix("\\") {
          let text = last.text.dropLast() + line.text.drop { $0 == " " }
          commands[commands.count - 1] = Line(number: last.number, text: String(text))
        } else {
          commands.append(line)
        }
      }
    }
  }

  let codeBlocks: [CodeBlock]
  /// The lines outside of code blocks.
  let prose: [Line]

  static let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

  /// The README, the pages at the root and those in `docs`.
  static let all: [MarkdownPage] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
    let pages = names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    return (["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"] + pages).compactMap(MarkdownPage.init)
  }()

  init?(_ path: String) {
    guard let text = try? String(contentsOf: Self.root.appending(path: path), encoding: .utf8) else { return nil }
    self.init(path: path, text: text)
  }

  init(path: String, text: String) {
    self.path = path
    self.text = text
    (codeBlocks, prose) = Self.parts(of: text)
  }

  var testDescription: String { path }

  /// Splits a page at its fences and at indented blocks that follow an empty line.
  private static func parts(of text: String) -> ([CodeBlock], [Line]) {
    var blocks: [CodeBlock] = []
    var prose: [Line] = []
    let lines = text.components(separatedBy: "\n").enumerated().map { Line(number: $0 + 1, text: $1) }
    var rest = lines[...]
    while let line = rest.popFirst() {
      let indent = String(line.text.prefix { $0 == " " })
      if line.text.dropFirst(indent.count).hasPrefix("```") {
        let inside = rest.prefix { !$0.text.hasPrefix(indent + "```") }
        rest = rest.dropFirst(inside.count + 1)
        let language = String(line.text.dropFirst(indent.count + 3))
        blocks.append(CodeBlock(language: language, lines: inside.map { $0.withoutIndent(of: indent.count) }))
      } else if indent.count >= 4, prose.last?.text.isEmpty ?? true {
        let more = rest.prefix { $0.text.isEmpty || $0.text.hasPrefix("    ") }
        rest = rest.dropFirst(more.count)
        blocks.append(CodeBlock(language: "", lines: ([line] + more).map { $0.withoutIndent(of: 4) }))
      } else {
        prose.append(line)
      }
    }
    return (blocks, prose)
  }
}

extension MarkdownPage.Line {
  fileprivate func withoutIndent(of count: Int) -> Self {
    let indent = text.prefix(count).prefix { $0 == " " }
    return Self(number: number, text: String(text.dropFirst(indent.count)))
  }
}

extension MarkdownPage {
  /// The spans of code in its prose.
  var codeSpans: [Line] {
    prose.flatMap { line in
      line.text.matches(of: /(`+)(.+?)\1(?!`)/).map { Line(number: line.number, text: String($0.output.2)) }
    }
  }

  /// The targets of its links.
  var links: [Line] {
    prose.flatMap { line in
      line.text.replacing(/`[^`]*`/, with: "code").matches(of: /\]\(([^)\s]+)\)/)
        .map { Line(number: line.number, text: String($0.output.1)) }
    }
  }

  /// The anchors of its headings, as code hosts form them.
  var anchors: Set<String> {
    var counts: [String: Int] = [:]
    var anchors: Set<String> = []
    for heading in headings {
      let shown = heading.replacing(/\[([^\]]*)\]\([^)]*\)/) { String($0.output.1) }
      let kept = shown.lowercased().unicodeScalars.filter {
        $0.properties.isAlphabetic || $0.properties.numericType != nil || "-_ ".unicodeScalars.contains($0)
      }
      let anchor = String(String.UnicodeScalarView(kept)).replacing(" ", with: "-")
      anchors.insert(counts[anchor].map { "\(anchor)-\($0)" } ?? anchor)
      counts[anchor, default: 0] += 1
    }
    return anchors
  }

  private var headings: [String] {
    prose.compactMap { $0.text.firstMatch(of: /^#{1,6} +(.*?)#*$/).map { String($0.output.1) } }
  }
}
