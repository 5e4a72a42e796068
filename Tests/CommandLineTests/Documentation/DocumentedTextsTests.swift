import Foundation
import Testing

/// Compares the messages that docs/troubleshooting.md quotes with those in the sources.
@Suite struct DocumentedTextsTests {
  /// The sources, with the literals that continue on another line joined.
  private static let sources: String = {
    let folder = MarkdownPage.root.appending(path: "Sources")
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    let texts = paths.filter { $0.hasSuffix(".swift") }
      .compactMap { try? String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
    return oneLine(texts.joined(separator: "\n"))
  }()

  /// Returns a text as one line.
  private static func oneLine(_ text: String) -> String {
    var line = ""
    for part in text.split(separator: "\n") {
      let part = part.drop { $0 == " " }
      if part.hasPrefix("+ \""), line.last == "\"" {
        line.removeLast()
        line += part.dropFirst(3)
      } else if line.last == "\\" {
        line.removeLast()
        line += part
      } else {
        line += " " + part
      }
    }
    return line
  }

  @Test func `every quoted message is one of the program`() throws {
    let page = try #require(MarkdownPage("docs/troubleshooting.md"))
    let prose = page.prose.map(\.text).joined(separator: "\n")
    let spans = prose.matches(of: /`([^`]+)`/).map { String($0.output.1).replacing("\n", with: " ") }
    // The others are commands, keys and names.
    let messages = spans.filter { span in
      span.split(separator: " ").count >= 3 && !span.contains("--") && !span.contains(#/[{=/]|^edgecrab/#)
    }
    #expect(messages.count > 30)
    for message in messages {
      for part in message.replacing(#/ +/#, with: " ").components(separatedBy: "…") {
        let part = part.trimmingCharacters(in: .whitespaces)
        #expect(part.isEmpty || Self.sources.contains(part), "no source says `\(part)`")
      }
    }
  }
}
