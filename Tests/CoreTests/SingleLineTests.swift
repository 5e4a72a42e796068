import Core
import Testing

@Suite("A stranger's words")
struct SingleLineTests {
  @Test(
    "are shown on one line, and move no cursor",
    arguments: [
      ("", ""), ("plain words", "plain words"), ("two\r\nlines\n", "two  lines"), ("\u{1B}[31mred", "[31mred"),
      ("a\u{2028}b\u{85}c\td", "a b c d"), ("\u{202E}turned\u{2066}", "turned"), ("  Grüße, 世界 👩🏽‍💻 ", "Grüße, 世界 👩🏽‍💻"),
    ])
  func oneLine(words: String, shown: String) {
    #expect(words.singleLine(atMost: 100) == shown)
  }

  @Test("are cut short, a letter under a thousand accents too")
  func cut() {
    #expect("abcdef".singleLine(atMost: 3) == "abc")
    let tower = "a" + String(repeating: "\u{301}", count: 1_000)
    #expect(tower.count == 1)
    #expect(tower.singleLine(atMost: 3).unicodeScalars.count == 3)
  }
}
