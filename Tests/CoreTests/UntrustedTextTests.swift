import Core
import Testing

@Suite("A stranger's words")
struct UntrustedTextTests {
  @Test(arguments: [
    ("", ""), ("plain words", "plain words"), ("two\r\nlines\n", "two  lines"), ("\u{1B}[31mred", "[31mred"),
    ("a\u{2028}b\u{85}c\td", "a b c d"), ("\u{202E}turned\u{2066}", "turned"), ("  Grüße, 世界 👩🏽‍💻 ", "Grüße, 世界 👩🏽‍💻"),
  ])
  func `untrusted text is one line and does not move the cursor`(words: String, shown: String) {
    #expect(words.singleLine(atMost: 100) == shown)
  }

  @Test func `untrusted text is truncated, also a letter with a thousand accents`() {
    #expect("abcdef".singleLine(atMost: 3) == "abc")
    let tower = "a" + String(repeating: "\u{301}", count: 1_000)
    #expect(tower.count == 1)
    #expect(tower.singleLine(atMost: 3).unicodeScalars.count == 3)
  }

  @Test(
    arguments: [
      ("a\u{202E}b", .max, true, "a⟨U+202E⟩b", 0), ("a\nb", 10, true, "a\nb", 0), ("a\nb", 20, false, "a⟨U+000A⟩b", 0),
      ("жжж", 2, false, "жж", 1), ("abc", 2, true, "ab", 1), ("abc", 3, true, "abc", 0), ("abc", 0, true, "", 3),
      ("a\u{202E}b", 8, true, "a", 2), ("a\u{202E}b", 9, true, "a⟨U+202E⟩", 1), ("\n\n", 1, true, "\n", 1),
      ("", 3, true, "", 0),
    ] as [(String, Int, Bool, String, Int)])
  func `invisible characters are shown by their code points`(
    text: String, scalarsMax: Int, keepsLines: Bool, shown: String, left: Int
  ) {
    let visible = text.escapingInvisibles(atMost: scalarsMax, keepsLines: keepsLines)
    #expect(visible.text == shown)
    #expect(visible.left == left)
  }

  @Test(.timeLimit(.minutes(1))) func `showing a long text of any script takes linear time`() {
    let text = String(repeating: "ж", count: 100_000)
    let visible = text.escapingInvisibles(atMost: .max, keepsLines: true)
    #expect(visible.text == text)
    #expect(visible.left == 0)
  }
}
