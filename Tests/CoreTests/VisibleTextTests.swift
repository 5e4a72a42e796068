import Core
import Testing

@Suite struct VisibleTextTests {
  @Test(
    arguments: [
      ("a\u{202E}b", .max, true, "a⟨U+202E⟩b", 0), ("a\nb", 10, true, "a\nb", 0), ("a\nb", 20, false, "a⟨U+000A⟩b", 0),
      ("жжж", 2, false, "жж", 1), ("abc", 2, true, "ab", 1), ("abc", 3, true, "abc", 0), ("abc", 0, true, "", 3),
      ("a\u{202E}b", 8, true, "a", 2), ("a\u{202E}b", 9, true, "a⟨U+202E⟩", 1), ("\n\n", 1, true, "\n", 1),
      ("", 3, true, "", 0),
    ] as [(String, Int, Bool, String, Int)])
  func `what cannot be seen is shown by its number`(
    text: String, scalarsMax: Int, keepsLines: Bool, shown: String, left: Int
  ) {
    let visible = text.escapingInvisibles(atMost: scalarsMax, keepsLines: keepsLines)
    #expect(visible.text == shown)
    #expect(visible.left == left)
  }

  @Test(.timeLimit(.minutes(1))) func `a megabyte of any script is shown in time that grows with it`() {
    let text = String(repeating: "ж", count: 524_288)
    let visible = text.escapingInvisibles(atMost: .max, keepsLines: true)
    #expect(visible.text == text)
    #expect(visible.left == 0)
  }
}
