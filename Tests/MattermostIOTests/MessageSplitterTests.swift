import TestSupport
import Testing
import Workload

@testable import MattermostIO

@Suite("A long message")
struct MessageSplitterTests {
  @Test("within the limit stays one post")
  func short() {
    let splitter = MessageSplitter(scalarsMax: 20)
    #expect(splitter.split("  two\n\n    lines") == ["  two\n\n    lines"])
    #expect(splitter.split(String(repeating: "y", count: 20)).count == 1)
    #expect(splitter.split("").isEmpty)
    #expect(splitter.split(" \n\t\n").isEmpty)
    #expect(MessageSplitter(scalarsMax: 4_000).split(String(repeating: "é", count: 4_000)).count == 1)
    #expect(MessageSplitter(scalarsMax: 4_000).split(String(repeating: "e\u{301}", count: 4_000)).count == 2)
  }

  @Test("breaks between paragraphs before lines, lines before sentences, sentences before words")
  func places() {
    let splitter = MessageSplitter(scalarsMax: 30)
    #expect(
      splitter.split("one one one one one\n\ntwo two\ntwo two two two") == [
        "one one one one one", "two two\ntwo two two two",
      ])
    #expect(
      splitter.split("one one one one one\ntwo two two\nthree three") == [
        "one one one one one", "two two two\nthree three",
      ])
    #expect(splitter.split("One one one one one. Two two two two.") == ["One one one one one.", "Two two two two."])
    #expect(splitter.split("one one one one one two two two two") == ["one one one one one two two", "two two"])
    #expect(splitter.split(String(repeating: "x", count: 65)).map(\.count) == [30, 30, 5])
  }

  @Test("keeps the indentation of the line that a part begins with")
  func indentation() {
    let parts = MessageSplitter(scalarsMax: 24).split("- first item here\n\n    - second item\n    - third")
    #expect(parts == ["- first item here", "    - second item", "    - third"])
  }

  @Test("closes a code fence at the end of a part and opens it again, with its language")
  func fence() {
    let text = "Look:\n\n```swift\nlet a = 1\n  let b = 2\nlet c = 3\nlet d = 4\n```\nDone."
    #expect(
      MessageSplitter(scalarsMax: 44).split(text) == [
        "Look:\n\n```swift\nlet a = 1\n  let b = 2\n```",
        "```swift\nlet c = 3\nlet d = 4\n```\nDone.",
      ])
  }

  @Test("keeps a fence's own marks and indentation")
  func fenceMarks() {
    let text = "  ~~~~ py\n  aaaaaaaa\n  ```\n  bbbbbbbb\n  cccccccc\n  ~~~~"
    #expect(
      MessageSplitter(scalarsMax: 42).split(text) == [
        "  ~~~~ py\n  aaaaaaaa\n  ```\n  ~~~~",
        "  ~~~~ py\n  bbbbbbbb\n  cccccccc\n  ~~~~",
      ])
  }

  @Test("moves a code block to the next part rather than break it early")
  func beforeFence() {
    let text = "Some words that come first.\n```\na\nb\nc\n```"
    #expect(MessageSplitter(scalarsMax: 36).split(text) == ["Some words that come first.", "```\na\nb\nc\n```"])
  }

  @Test("breaks inside a grapheme cluster only if the cluster is longer than a part")
  func clusters() {
    let family = "👨‍👩‍👧‍👦"
    let parts = MessageSplitter(scalarsMax: 10).split(String(repeating: family, count: 5))
    #expect(parts == Array(repeating: family, count: 5))
    let zalgo = "e" + String(repeating: "\u{301}", count: 25)
    #expect(MessageSplitter(scalarsMax: 10).split(zalgo).map(\.unicodeScalars.count) == [10, 10, 6])
    #expect(
      MessageSplitter(scalarsMax: 1).split("a\u{301}b").joined().unicodeScalars.elementsEqual(
        "a\u{301}b".unicodeScalars))
  }

  @Test("of any kind keeps the promises", arguments: [7, 24, 60, 150, 400], 0..<40)
  func promises(scalarsMax: Int, seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed * 1_000 + scalarsMax))
    let message = randomMessage(scalars: scalarsMax * 9, using: &generator)
    let text = SplitText(message, fenceScalarsMax: scalarsMax / 2)
    let pieces = MessageSplitter(scalarsMax: scalarsMax).pieces(of: text)

    var end = 0
    for (index, piece) in pieces.enumerated() {
      let context = "part \(index) of \(String(reflecting: message))"
      #expect(piece.text.unicodeScalars.count <= scalarsMax, "\(context)")
      let isBlank = piece.text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
      #expect(!isBlank, "\(context)")
      #expect(piece.range.lowerBound >= end, "\(context)")
      #expect(text.isBlank(end..<piece.range.lowerBound), "\(context)")
      #expect(isBoundary(piece.range.lowerBound, of: text, scalarsMax: scalarsMax), "\(context)")
      #expect(
        piece.text.unicodeScalars.contains(subsequence: text.scalars[piece.range]), "\(context)")
      if index < pieces.count - 1 { #expect(!endsInFence(piece.text, scalarsMax: scalarsMax), "\(context)") }
      end = piece.range.upperBound
    }
    #expect(text.isBlank(end..<text.count))
    let isBlank = message.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    #expect(pieces.isEmpty == isBlank)
  }

  @Test(
    "is split in time linear in it", .timeLimit(.minutes(1)),
    arguments: ["x", " ", "\n", "```\n", "a ", "e\u{301}", "`", "~~~ x\n\n"])
  func linear(piece: String) {
    let parts = MessageSplitter(scalarsMax: 4_000).split(
      String(repeating: piece, count: 200_000 / piece.unicodeScalars.count))
    #expect(parts.map(\.unicodeScalars.count).max() ?? 0 <= 4_000)
  }

  private func isBoundary(_ index: Int, of text: SplitText, scalarsMax: Int) -> Bool {
    if text.isBoundary(index) { return true }
    var start = index
    while !text.isBoundary(start) { start -= 1 }
    var end = index
    while !text.isBoundary(end) { end += 1 }
    // Repeating a fence leaves at least half a part for the text.
    return end - start > scalarsMax / 2
  }

  /// A reader of fences that knows nothing of the splitter's.
  private func endsInFence(_ text: String, scalarsMax: Int) -> Bool {
    var open: String?
    for line in text.split(separator: /\r?\n/, omittingEmptySubsequences: false) {
      let bare = line.drop { $0 == " " || $0 == "\t" }
      guard let mark = bare.first, mark == "`" || mark == "~" else { continue }
      let run = String(bare.prefix { $0 == mark })
      guard run.count >= 3 else { continue }
      let rest = bare.dropFirst(run.count)
      if let fence = open {
        if run.hasPrefix(fence), rest.allSatisfy(\.isWhitespace) { open = nil }
      } else if !rest.contains("`"), 2 * run.count + rest.count + 2 + 2 * (line.count - bare.count) <= scalarsMax / 2 {
        open = run
      }
    }
    return open != nil
  }

  private func randomMessage(scalars: Int, using generator: inout SeededGenerator) -> String {
    let pieces = [
      "word ", "a ", "sentence. ", "x", "日本語", "👨‍👩‍👧‍👦", "🇨🇭", "e\u{301}\u{302}", " \u{301}", "👋🏽", "\n", "\n", "\n\n", "\r\n",
      "    ", "\t",
      "\n```\n", "\n```swift\n", "\n~~~~ sh\n", "\n~~~~\n", "\n  ```c\n", "\n  ```\n", "`code` ", "\u{202E}", "\u{A0}",
      String(repeating: "long", count: 30), String(repeating: " ", count: 40), String(repeating: "\n", count: 30),
      String(repeating: "\u{301}", count: 20),
    ]
    var text = ""
    while text.unicodeScalars.count < scalars { text += pieces.randomElement(using: &generator) ?? "" }
    return text
  }
}

extension Collection where Element: Equatable {
  fileprivate func contains(subsequence other: some Collection<Element>) -> Bool {
    guard let first = other.first else { return true }
    return indices.contains { self[$0] == first && self[$0...].starts(with: other) }
  }
}
