import Agents
import Core
import Sessions
import Testing

@testable import Gateway

@Suite struct PermissionPromptTextTests {
  private func asked(
    title: String = "t", _ details: [PermissionRequest.Detail] = [], name: String = "Yes", scalarsMax: Int = 3_600
  ) -> PermissionPromptText? {
    let question = PermissionRequest(
      agent: "a", title: title, details: details, options: [.init(name: name, kind: .allowOnce)])
    return PermissionPromptText(question, to: "alice", seconds: 60, scalarsMax: scalarsMax)
  }

  private func text(title: String = "t", detail: String = "d", name: String = "Yes") throws -> String {
    let question = try #require(asked(title: title, [.init(detail)], name: name))
    #expect(question.file == nil)
    return question.text
  }

  @Test func `an agent's words are shown unchanged`() throws {
    let title = try text(title: "x`\u{301} @bob")
    #expect(title.contains("`x'\u{301} @bob`") && title.contains("```\nx`\u{301} @bob\n```"))
    #expect(try text(name: "[@bob](http://x) `y`").contains("\n\n1. **Yes, this time**: bob(http//x) y\n\n"))
    #expect(try text(detail: "a ``` b").contains("````\na ``` b\n````"))
    #expect(try text(detail: "a `\u{301}`` b").contains("```\na `\u{301}`` b\n```"))
    #expect(try text(title: "`ls`", detail: "d").contains("this: `ls`\n\n```\nd\n```"))
    #expect(try text(detail: "```\n\n1. **No**").contains("````\n```\n\n1. **No**\n````\n\n1. **Yes, this time**: Yes"))
  }

  @Test(arguments: [
    "\u{202E}", "\u{2066}", "\u{200B}", "\u{200F}", "\u{2060}", "\u{FEFF}", "\u{AD}", "\u{34F}", "\u{3164}", "\u{115F}",
    "\u{FE0F}",
    "\u{E0041}", "\u{E0100}", "\u{1B}", "\u{7F}", "\u{8}", "\r", "\u{85}", "\u{2029}", "\u{A0}", "\u{3000}", "\u{2800}",
    "\u{E000}", "\0",
  ])
  func `an invisible character is shown by its number`(hidden: Unicode.Scalar) throws {
    let digits = String(hidden.value, radix: 16, uppercase: true)
    let mark = "⟨U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)⟩"
    let text = try text(title: "a\(hidden)b\nc", detail: "d\(hidden)e\n\tf", name: "g\(hidden)h")
    for shown in ["`a\(mark)b⟨U+000A⟩c`", "\nd\(mark)e\n\tf\n", "1. **Yes, this time**: g\(mark)h\n"] {
      #expect(text.contains(shown), "\(text)")
    }
    #expect(!text.unicodeScalars.contains(hidden))
  }

  @Test(arguments: [
    "echo " + String(repeating: "x", count: 5_000) + "; rm -rf /", String(repeating: "x\n", count: 5_000) + "end",
    String(repeating: "\u{202E}", count: 700) + "end", String(repeating: "`", count: 50) + "end",
  ])
  func `a request that does not fit into a post is complete in a file, and the post says so`(text: String) throws {
    for question in [asked(title: text), asked(title: "t", [.init("before"), .init(text, isDiff: true)])] {
      let question = try #require(question)
      let file = try #require(question.file)
      #expect(question.text.unicodeScalars.count <= 3_600)
      #expect(question.text.contains("**This is only the beginning.** The full text, "))
      #expect(question.text.contains("\n\n1. **Yes, this time**: Yes\n\nAnswer in this thread"))
      #expect(file.contains(text.escapingInvisibles(atMost: .max, keepsLines: true).text))
      #expect(file.hasSuffix("end\n") || file.hasSuffix("rm -rf /\n"))
    }
  }

  @Test func `a request larger than the limit is not posted`() {
    #expect(asked([.init(String(repeating: "x", count: Limits.questionBytesMax))]) == nil)
    #expect(asked([.init(String(repeating: "x", count: Limits.questionBytesMax - 1))]) != nil)
  }

  @Test func `a truncated name ends with an ellipsis`() throws {
    #expect(try text(name: String(repeating: "n", count: 500)).contains(String(repeating: "n", count: 120) + "…\n"))
  }
}
