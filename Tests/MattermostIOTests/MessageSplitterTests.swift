import TestSupport
import Testing
import Workload

@testable import MattermostIO

struct MessageSplitterTests {
  @Test func `a text within the limit is one part`() {
    let splitter = MessageSplitter(scalarsMax: 20)
    #expect(splitter.split("  two\n\n    lines") == ["  two\n\n    lines"])
    #expect(splitter.split(String(repeating: "y", count: 20)).count == 1)
    #expect(splitter.split("").isEmpty)
    #expect(splitter.split(" \n\t\n").isEmpty)
    #expect(MessageSplitter(scalarsMax: 4_000).split(String(repeating: "é", count: 4_000)).count == 1)
    #expect(MessageSplitter(scalarsMax: 4_000).split(String(repeating: "e\u{301}", count: 4_000)).count == 2)
  }

  @Test func `a text is split between paragraphs, or else lines, or else sentences, or else words`() {
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

  @Test func `a part keeps the indentation of its first line`() {
    let parts = MessageSplitter(scalarsMax: 24).split("- first item here\n\n    - second item\n    - third")
    #expect(parts == ["- first item here", "  - second item", "  - third"])
  }

  @Test func `an open code fence is closed at the end of a part and reopened with its language`() {
    let text = "Look:\n\n```swift\nlet a = 1\n  let b = 2\nlet c = 3\nlet d = 4\n```\nDone."
    #expect(
      MessageSplitter(scalarsMax: 44).split(text) == [
        "Look:\n\n```swift\nlet a = 1\n  let b = 2\n```",
        "```swift\nlet c = 3\nlet d = 4\n```\nDone.",
      ])
  }

  @Test func `a reopened code fence keeps its markers and indentation`() {
    let text = "  ~~~~ py\n  aaaaaaaa\n  ```\n  bbbbbbbb\n  cccccccc\n  ~~~~"
    #expect(
      MessageSplitter(scalarsMax: 42).split(text) == [
        "  ~~~~ py\n  aaaaaaaa\n  ```\n  ~~~~",
        "  ~~~~ py\n  bbbbbbbb\n  cccccccc\n  ~~~~",
      ])
  }

  @Test func `a code fence in a quote is reopened with its quote marker, and ends with the quote`() {
    let text = "> Look:\n> ```swift\n> let a = 1\n>   let b = 2\n> let c = 3\n> ```\n> Done."
    #expect(
      MessageSplitter(scalarsMax: 50).split(text) == [
        "> Look:\n> ```swift\n> let a = 1\n>   let b = 2\n> ```", "> ```swift\n> let c = 3\n> ```\n> Done.",
      ])
    // A split line of code continues after the quote marker, and a line without the marker is not code.
    let long = String(repeating: "x", count: 50)
    #expect(
      MessageSplitter(scalarsMax: 40).split("> ```\n> \(long)\n> ```") == [
        "> ```\n> \(long.prefix(26))\n> ```", "> ```\n> \(long.dropFirst(26))\n> ```",
      ])
    #expect(MessageSplitter.closingFence(of: "> ```\n> code") == "> ```\n> code\n> ```")
    #expect(MessageSplitter.closingFence(of: "> ```\n> code\n\nprose") == "> ```\n> code\n\nprose")
  }

  @Test func `the continuation of a quoted line is a quote`() {
    #expect(
      MessageSplitter(scalarsMax: 20).split("> one two three four five six") == ["> one two three four", "> five six"])
  }

  @Test func `the content of a nested list never becomes indented code`() {
    let splitter = MessageSplitter(scalarsMax: 40)
    #expect(
      splitter.split("- first\n    - second item\n        - third item here\n        - fourth item here\n- fifth item")
        == [
          "- first\n    - second item", "  - third item here", "  - fourth item here\n- fifth item",
        ])
    #expect(
      splitter.split("1. first item with some words\n\n   ```c\n   int a;\n   ```\n\n    more of the first item") == [
        "1. first item with some words", "```c\nint a;\n```", " more of the first item",
      ])
    // A fence is closed with its own indentation. At the margin, it would open another one.
    #expect(
      MessageSplitter(scalarsMax: 60).split(
        "- a\n    - b\n\n      ```c\n      int first;\n      int second;\n      int third;\n      ```\n    - c") == [
          "- a\n    - b\n\n      ```c\n      int first;\n      ```",
          "```c\nint second;\nint third;\n```\n  - c",
        ])
    // Indented code stays indented code.
    #expect(splitter.split("Some words that are no list.\n\n    code code code")[1] == "    code code code")
  }

  @Test func `Chinese and Japanese sentences end without a space`() {
    let splitter = MessageSplitter(scalarsMax: 12)
    #expect(splitter.split("今日は晴れです。明日は雨です。") == ["今日は晴れです。", "明日は雨です。"])
    #expect(splitter.split("你好吗？！我很好我很好我很好") == ["你好吗？！我很好我很好我", "很好"])
    #expect(splitter.split("「今日は晴れです。」明日は雨です。") == ["「今日は晴れです。」", "明日は雨です。"])
    #expect(splitter.split("一二三四五六七八，九十一二三四") == ["一二三四五六七八，", "九十一二三四"])
    #expect(splitter.split("一二三四五六七八九十一。十二") == ["一二三四五六七八九十一。", "十二"])
  }

  @Test(
    arguments: [
      "[a link of many words](https://example.com/a(b)?c=d)",
      "![an image here](https://example.com/a.png \"its title\")", "![an image](https://example.com/a.png =200x100)",
      "`code with many words in it`", "``code with a ` in it``", "**bold with many words in it**",
      "**bold with `code here` in it**", "***bold and more of it***", "__bold with many words in it__",
      "~~struck with many words~~", "[**bold** words](https://example.com)", "_many words in italics_",
      "**Done. More words here.**", "<https://example.com/a/long/path?b=c>", "**bold across\ntwo lines**",
    ])
  func `a link, a code span, bold text or a URL that fits into a part is not split`(span: String) {
    for before in ["", "a few words ", "Eine Ansage: ", "中文没有空格，"] {
      let text = "\(before)\(span) and some words behind it. \(span)"
      for scalarsMax in span.unicodeScalars.count...text.unicodeScalars.count + 1 {
        let parts = MessageSplitter(scalarsMax: scalarsMax).split(text)
        #expect(parts.reduce(0) { $0 + $1.ranges(of: span).count } == 2, "\(scalarsMax): \(parts)")
      }
    }
    let address = "见https://example.com/a/long/path_to_it"
    #expect(
      MessageSplitter(scalarsMax: 40).split("中文没有空格中文没有空格\(address)") == ["中文没有空格中文没有空格见", String(address.dropFirst())])
  }

  @Test func `bold text or a code span that is longer than a part is closed and reopened`() {
    let splitter = MessageSplitter(scalarsMax: 24)
    #expect(
      splitter.split("**one two three four five six seven eight**") == [
        "**one two three four**", "**five six seven eight**",
      ])
    #expect(
      splitter.split("**one two three\nfour five six seven eight**") == [
        "**one two three**", "**four five six seven**", "**eight**",
      ])
    #expect(splitter.split("`one two three four five six`") == ["`one two three four`", "`five six`"])
    #expect(
      splitter.split("> **one two three four five six**") == ["> **one two three four**", "> **five six**"])
    #expect(
      splitter.split("**one `two three four` five six seven**") == ["**one `two three four`**", "**five six seven**"])
    // Only open markers are closed.
    #expect(splitter.split("2 * 3 and ** one two three four") == ["2 * 3 and ** one two", "three four"])
  }

  @Test func `a code block moves to the next part rather than being split early`() {
    let text = "Some words that come first.\n```\na\nb\nc\n```"
    #expect(MessageSplitter(scalarsMax: 36).split(text) == ["Some words that come first.", "```\na\nb\nc\n```"])
  }

  @Test func `a list or a table that fits into a part is not split`() {
    let splitter = MessageSplitter(scalarsMax: 40)
    let list = "- one one one\n  and more\n\n- two two two"
    let table = "| a | b |\n| - | - |\n| 1 | 2 |\n| 3 | 4 |"
    for block in [list, table] {
      #expect(splitter.split("Words.\n\n\(block)") == ["Words.", block])
      #expect(splitter.split("Words.\n\(block)\n\nWords.") == ["Words.", block, "Words."])
    }
    #expect(splitter.split("Here:\n\n1. one one one\n2. two two two") == ["Here:\n\n1. one one one\n2. two two two"])
  }

  @Test func `each part of a split table starts with its header`() {
    let rows = (1...5).map { "| row \($0) | x |" }
    let head = "| title | t |\n| :-- | --: |"
    #expect(
      MessageSplitter(scalarsMax: 60).split("\(head)\n\(rows.joined(separator: "\n"))\n\nDone.") == [
        "\(head)\n\(rows[0])\n\(rows[1])", "\(head)\n\(rows[2])\n\(rows[3])", "\(head)\n\(rows[4])\n\nDone.",
      ])
    // Rows of more than half a part are kept whole as well; a head of more than half is not repeated.
    let wide = "| " + String(repeating: "w", count: 30) + " |"
    #expect(
      MessageSplitter(scalarsMax: 60).split("|a|\n|-|\n\(wide)\n\(wide)") == ["|a|\n|-|\n\(wide)", "|a|\n|-|\n\(wide)"])
    #expect(
      MessageSplitter(scalarsMax: 60).split("\(wide)\n|-|\n| x |\n\(wide)\n\(wide)") == [
        "\(wide)\n|-|\n| x |", wide, wide,
      ])
  }

  @Test func `lists and tables inside code are code`() {
    let text = "```\n| a |\n| - |\n| 1 |\n| 2 |\n```"
    #expect(MessageSplitter(scalarsMax: 25).split(text) == ["```\n| a |\n| - |\n| 1 |\n```", "```\n| 2 |\n```"])
  }

  @Test func `a text of too many parts leaves the last part and the rest to the caller`() {
    let splitter = MessageSplitter(scalarsMax: 20)
    let (few, none) = splitter.split("one one one\n\ntwo two two", partsMax: 2)
    #expect(few == ["one one one", "two two two"])
    #expect(none == nil)
    let (parts, rest) = splitter.split("one one one\n```c\na a a a\nb b b b\nc c c c\n```\nend", partsMax: 3)
    #expect(parts == ["one one one", "```c\na a a a\n```"])
    #expect(rest == "```c\nb b b b\nc c c c\n```\nend")
  }

  @Test func `a grapheme cluster is split only if it is longer than a part`() {
    let family = "👨‍👩‍👧‍👦"
    let parts = MessageSplitter(scalarsMax: 10).split(String(repeating: family, count: 5))
    #expect(parts == Array(repeating: family, count: 5))
    let zalgo = "e" + String(repeating: "\u{301}", count: 25)
    #expect(MessageSplitter(scalarsMax: 10).split(zalgo).map(\.unicodeScalars.count) == [10, 10, 6])
    #expect(
      MessageSplitter(scalarsMax: 1).split("a\u{301}b").joined().unicodeScalars.elementsEqual(
        "a\u{301}b".unicodeScalars))
  }

  @Test(arguments: [7, 24, 60, 150, 400], 0..<40)
  func `random texts are split within the limit, losing nothing but white space`(scalarsMax: Int, seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed * 1_000 + scalarsMax))
    let message = randomMessage(scalars: scalarsMax * 9, using: &generator)
    let text = MarkdownText(message, scalarsMax: scalarsMax)
    let pieces = MessageSplitter(scalarsMax: scalarsMax).pieces(of: text)

    var end = 0
    for (index, piece) in pieces.enumerated() {
      let context = "part \(index) of \(String(reflecting: message))"
      #expect(piece.text.unicodeScalars.count <= scalarsMax, "\(context)")
      let isBlank = piece.text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
      #expect(!isBlank, "\(context)")
      #expect(piece.range.lowerBound >= end, "\(context)")
      let skipped = text.scalars[end..<piece.range.lowerBound]
      #expect(skipped.allSatisfy { $0.properties.isWhitespace || $0 == ">" && !piece.opening.isEmpty }, "\(context)")
      #expect(isBoundary(piece.range.lowerBound, of: text, scalarsMax: scalarsMax), "\(context)")
      // A part may lack indentation of its range, and have markers after it, and nothing else.
      let (bare, own) = (
        withoutSpace(piece.text.unicodeScalars), withoutSpace(piece.opening + text.scalars[piece.range])
      )
      #expect(bare.starts(with: own), "\(context)")
      #expect(bare.dropFirst(own.count).allSatisfy { ">`~*_".unicodeScalars.contains($0) }, "\(context)")
      // With such a small limit, most fences are too long to be repeated, and count as prose.
      if index < pieces.count - 1, scalarsMax > 24 {
        #expect(!endsInFence(piece.text, scalarsMax: scalarsMax), "\(context)")
      }
      end = piece.range.upperBound
    }
    #expect(text.isBlank(end..<text.count))
    let isBlank = message.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    #expect(pieces.isEmpty == isBlank)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "x", " ", "\n", "```\n", "a ", "e\u{301}", "`", "~~~ x\n\n", "- a\n", "- a\n\n\n", "|-|\n", "|", "`a ``b ",
      "**a ",
      "*a _b ~~c ", "[", "[](", "[a](b \"", "[a](b =", "[a](b '", "](", "]", "> ", "> ```\n", ">\n", "**a** ", "文。",
      "https://a ", "*a [b ]",
    ])
  func `a text is split in linear time`(piece: String) {
    let parts = MessageSplitter(scalarsMax: 4_000).split(
      String(repeating: piece, count: 200_000 / piece.unicodeScalars.count))
    #expect(parts.map(\.unicodeScalars.count).max() ?? 0 <= 4_000)
  }

  private func isBoundary(_ index: Int, of text: MarkdownText, scalarsMax: Int) -> Bool {
    if text.isBoundary(index) { return true }
    var start = index
    while !text.isBoundary(start) { start -= 1 }
    var end = index
    while !text.isBoundary(end) { end += 1 }
    // Repeating a fence leaves at least half a part for the text.
    return end - start > scalarsMax / 2
  }

  private func withoutSpace(_ scalars: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    scalars.filter { !$0.properties.isWhitespace }
  }

  /// A reader of fences that is independent of the splitter's.
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
      "\n- item", "\n\n1. item", "\n| a | b |\n|---|:-:|\n", "| x | y |\n", "\n```\n", "\n```swift\n", "\n~~~~ sh\n",
      "\n~~~~\n", "\n  ```c\n", "\n  ```\n", "`code` ", "\u{202E}", "\u{A0}", "**bold words** ", "**", "_", "*",
      "[a link](https://example.com/a_b) ", "https://example.com/", "`", "``", "[", "](", "\\", "文字。", "！？」",
      "\n    - nested", "\n- item\n    - nested\n        - deep", "\n    ", "\n\t- tab",
      String(repeating: "long", count: 30), String(repeating: " ", count: 40), String(repeating: "\n", count: 30),
      String(repeating: "\u{301}", count: 20),
    ]
    var text = ""
    while text.unicodeScalars.count < scalars { text += pieces.randomElement(using: &generator) ?? "" }
    return text
  }
}
