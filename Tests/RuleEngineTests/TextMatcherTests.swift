import Testing
import TextMatch

@Suite struct TextMatcherTests {
  @Test(
    arguments: [
      (.contains, "deploy", "please DEPLOY now", true),
      (.contains, "é", "CAFÉ", true),
      (.contains, "a.c", "abc", false),
      (.contains, "#42 (x)", "see #42 (X)!", true),
      (.word, "cat", "concatenate", false),
      (.word, "cat", "concatenate the cat.", true),
      (.word, "cat", "cat", true),
      (.word, "cat", "caté", false),
      (.word, "c++", "use C++!", true),
      (.word, "世界", "héllo 世界 x", true),
      (.word, "世", "世界", false),
      (.word, "ask", "as\u{212A} a\u{17F}k", true),
      (.word, "ask", "tas\u{212A} a\u{17F}king", false),
      (.word, "straße", "an der STRA\u{1E9E}E.", true),
      (.startsWith, "fix", "Fix it", true),
      (.startsWith, "fix", "a fix", false),
      (.endsWith, "?", "lunch?", true),
      (.endsWith, "lunch", "lunch\n", false),
      (.equals, "ok", "OK", true),
      (.equals, "ok", "ok ok", false),
      (.expression, #"^build #\d+ passed"#, "build #12 passed in 3 s", true),
      (.expression, #"\bdev\b"#, "on dev.", true),
      (.expression, "a*", "", true),
    ] as [(TextPattern.Kind, String, String, Bool)])
  func `a pattern is found where it stands`(_ kind: TextPattern.Kind, pattern: String, text: String, found: Bool) throws
  {
    #expect(try TextMatcher([TextPattern(kind, pattern)]).hits(in: text).contains(0) == found)
  }

  @Test func `a word may be long, whatever the forms of its letters`() throws {
    for letters in ["é ß", "ask ", "x"] {
      let text = String(repeating: letters, count: 100)
      let matcher = try TextMatcher([TextPattern(.word, text)])
      #expect(matcher.hits(in: "(\(text))").contains(0))
      #expect(!matcher.hits(in: "a\(text)").contains(0))
    }
  }

  @Test func `case counts where asked`() throws {
    let matcher = try TextMatcher([
      TextPattern(.contains, "Fix", isCaseSensitive: true), TextPattern(.contains, "Fix"),
    ])
    let hits = matcher.hits(in: "fix")
    #expect(!hits.contains(0) && hits.contains(1))
  }

  @Test(
    arguments: [
      ("", "nothing to look for", 0),
      ("a(b", "a `(` without its `)`", 1),
      (#"\([)]()(b"#, "a `(` without its `)`", 7),
      ("(a))", "a `)` without its `(`", 3),
      ("[a", "a `[` without its `]`", nil),
      ("ab[c", "a `[` without its `]`", 2),
      ("a**", "two repetitions of one thing", 1),
      ("+a", "a `*`, `+`, `?` or `{…}` with nothing to repeat", 0),
      ("a{1001}", "more than 1,000 repetitions", 1),
      (#"(\pL{1000}){1000}"#, "more than 1,000 repetitions", 4),
      (#"\pL{1000}"#, "too large when written out", nil),
      (
        "(?<=a)b", "a `(?…` that does not exist; look-around is not there, as no search in linear time can follow it", 0
      ),
      (
        #"(a+)\1"#, "an escape that does not exist, or a back-reference, which no search in linear time can follow", 4
      ),
    ] as [(String, String, Int?)])
  func `a bad expression is named with its place`(expression: String, message: String, offset: Int?) {
    let error = TextMatcher.validate(expression: expression, isCaseSensitive: false)
    #expect(error?.message == message)
    #expect(error?.offset == offset)
  }

  @Test func `an expression made to explode is as quick as any`() throws {
    let matcher = try TextMatcher([TextPattern(.expression, "^(a+)+$")])
    #expect(!matcher.hits(in: String(repeating: "a", count: 1_000_000) + "!").contains(0))
  }
}
