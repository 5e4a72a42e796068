import Core
import Testing

@Suite struct PostableTextTests {
  @Test(arguments: [
    ("a\u{0}b", "ab"), ("\u{0}", ""), ("a\u{1B}[31mb\u{7F}\u{9D}", "a[31mb"),
    ("a\r\nb\rc\r\r\nd\n\re", "a\nb\nc\n\nd\n\ne"),
    ("a\u{85}b\u{0B}c\u{0C}d", "a\nb\nc\nd"), ("e\r\u{301}", "e\n\u{301}"), ("\r\u{0}\n", "\n\n"),
  ])
  func `postable text has no control characters, and only newlines as line breaks`(text: String, postable: String) {
    #expect(Array(text.postable.unicodeScalars) == Array(postable.unicodeScalars))
    #expect(text.postable.postable == text.postable)
  }

  @Test(arguments: [
    "", "\ta\n\n b ", "👩\u{200D}👩\u{200D}👧\u{200D}👦 ❤\u{FE0F} 🏴\u{E0067}\u{E0062}\u{E007F}",
    "שלום \u{202E}abc\u{202C} مرحبا",
    "a\u{2028}b\u{2029}c\u{A0}d\u{AD}e\u{FEFF}", "e\u{301}\u{FFFD}\u{FFFF}\u{10FFFF}\u{E000}", "@\u{2060}all",
  ])
  func `postable text is otherwise unchanged`(text: String) {
    #expect(Array(text.postable.unicodeScalars) == Array(text.unicodeScalars))
  }

  @Test(arguments: [
    "", " \t\r\n\u{0}\u{1B}", "\u{200B}\u{200C}\u{200D}\u{2060}", "\u{FEFF}", "\u{FE0F}\u{FE0E}\u{E0100}",
    "\u{A0}\u{3000}\u{2003}\u{2028}", "\u{202E}\u{2066}", "\u{115F}\u{3164}\u{FFA0}", "\u{2800}",
    "\u{AD}\u{34F}\u{61C}\u{180E}",
  ])
  func `text without visible characters is invisible`(text: String) {
    #expect(text.isInvisible)
    #expect(!(text + "." + text).isInvisible)
    #expect(!(text + "😀").isInvisible)
  }
}
