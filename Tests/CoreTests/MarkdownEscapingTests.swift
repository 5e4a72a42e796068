import Core
import Testing

@Suite("A stranger's words as mere text")
struct MarkdownEscapingTests {
  private static let joiner = "\u{2060}"

  /// The expressions by which Mattermost's clients find links, images, emoji and mentions.
  private static let marks: [(name: String, pattern: String)] = [
    ("link", #"\][\(\[:]"#),
    ("address", #"(?i)[a-z0-9+.\-]+:/?/"#),
    ("www", #"(?i)www[0-9]{0,3}\."#),
    ("mail", #"(?i)mailto:[a-z]|tel:[0-9]|<[^ >]+(@|:/)[^ >]+>|[a-z0-9]@[a-z0-9]"#),
    ("tag", #"<[^\s\u2060]"#),
    ("mention", #"(?i)@[a-z0-9._\-]"#),
    ("channel", #"(?i)~[a-z0-9~]"#),
    ("hashtag", #"#[\p{L}]"#),
    ("emoji", #"(?i)(^|[^0-9]):[a-z0-9_+\-]+:"#),
    ("code", "`"),
    ("block", #"(?m)^[ \t]*([#>|*+=~\-:]|[0-9]+[.)]|    \S)"#),
  ]

  private func found(in text: String, among names: (String) -> Bool = { _ in true }) throws -> [String] {
    try Self.marks.filter { try names($0.name) && text.contains(Regex($0.pattern)) }.map {
      "\($0.name): \(text.debugDescription)"
    }
  }

  @Test(arguments: [
    "@all", "@alice hi @here.", "(@channel)", "@group", "x@all", "@\u{202E}all", "\\@all", "[@all](x)", "`@all`",
    "```\n@all\n```",
    "[x](https://evil.example)", "![x](https://evil.example/a.png)", "[x][y]\n\n[y]: https://evil.example", "[x]: /a",
    "[x]\u{202E}(https://evil.example)", "[x] (y)", "[[x](y)](z)", "<https://evil.example>", "<a@b.example>",
    "<=@b.example>",
    "https://evil.example", "HTTPS://EVIL.example", "foo://bar", "javascript://x", "www.evil.example",
    "WWW.evil.example",
    "www2.evil.example", "xwww.evil.example", "mailto:a@b.example", "tel:123", "a@b.example",
    "https:/\u{202D}/evil.example",
    "<script>alert(1)</script>", "<b", "~dev", "~~x~~", "#tag", "##tag", "# x", "> x", "- x", "* x", "+ x", "1. x",
    "23) x", "---",
    "===", "| a | b |\n| - | - |", "a | b\n- | -", ":a | b", "    code", "\tcode", "a\n# x", "a\r# x", "a\r\n> x",
    ":tada:", ":+1:",
    "x :100: y", "~~~\n@all\n~~~",
  ])
  func `escaped Markdown has no effect`(_ words: String) throws {
    for (before, behind) in [("", ""), ("Hello ", " and more."), ("", "\n")] {
      let text = before + words.escapedMarkdown(after: before) + behind
      #expect(try found(in: text) == [])
      for name in ["alice", "all", "group", "b.example"] {
        #expect(MentionGrammar.mention(of: name, in: text) == .none)
      }
      #expect(MentionGrammar.mention(of: "x", in: text) == .none)
    }
  }

  @Test(arguments: [
    ("@", "all"), ("@team-", "lead"), ("cc @", "alice"), ("~", "ops"), ("[docs]", "(https://evil.example)"),
    ("https:", "//evil.example"),
    (":", "tada:"), ("<", "a@b.example>"),
  ])
  func `escaped Markdown does not continue the text before it`(_ own: String, _ value: String) throws {
    let text = own + value.escapedMarkdown(after: own)
    // `@team-` alone is already a mention.
    if own != "@team-" { #expect(try found(in: text) { $0 != "block" } == []) }
    for name in ["all", "alice", "team-lead"] { #expect(MentionGrammar.mention(of: name, in: text) == .none) }
  }

  @Test(arguments: [
    "", "lunch at 12:30?", "a - b", "x < 5", "C# is fine", "snake_case", "so *bold*", "héllo 👋🏽 世界", "1 apple",
    "a\nb\n\nc", "50%", "it's (ok)!",
    "ABC-123", "8xk3w9yqzjfb5d7tmu4hrno1ce",
  ])
  func `escaping leaves ordinary text unchanged`(_ words: String) {
    #expect(words.escapedMarkdown() == words)
    #expect(words.escapedMarkdown(after: "Hello, ") == words)
  }

  @Test func `escaped Markdown reads like the original`() {
    let words = "see [x](https://a.example/~b#c), @all: `code` :tada: <b>"
    let text = words.escapedMarkdown().replacing(Self.joiner, with: "")
    #expect(text == "see [x](https://a.example/~b#c), @all: 'code' :tada: < b>")
  }

  @Test(arguments: ["a`@all`b", "`", "", "@all", "a\nb", "\u{202E}x", "``` x"])
  func `text in a code span cannot end the span`(_ words: String) {
    let text = words.codeSpan(atMost: 100)
    #expect(text.unicodeScalars.count { $0 == "`" } == 2 && text.unicodeScalars.count > 2)
    #expect(text.hasPrefix("`") && text.hasSuffix("`") && !text.contains(where: \.isNewline))
    #expect(MentionGrammar.mention(of: "x", in: text) == .none)
    #expect(MentionGrammar.mention(of: "x", in: text.replacing("`", with: "")) == .none)
  }

  @Test func `silenced text mentions no user and keeps its links`() {
    let text = MentionGrammar.silencingAll(
      "@all and @alice: see https://a.example/@bob or [x](https://b.example/@bob), `@eve`")
    for name in ["alice", "bob", "eve", "x"] { #expect(MentionGrammar.mention(of: name, in: text) == .none) }
    #expect(
      text.contains("https://a.example/@bob") && text.contains("](https://b.example/@bob)") && text.contains("`@eve`"))
  }
}
