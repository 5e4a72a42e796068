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
      (.word, "世", "世界", true),
      (.word, "東京", "私は東京に住む", true),
      (.word, "API", "このapiは", true),
      (.word, "ラ", "ラーメン", false),
      (.word, "ラーメン", "昼はラーメンだ", true),
      (.word, "人", "人々", false),
      (.word, "ち", "ちょっと", false),
      (.word, "5", "5月", true),
      (.word, "ไทย", "ประเทศไทยสวย", true),
      (.word, "ก", "ก่า", false),
      (.word, "๑", "๑๒๓", false),
      (.word, "๑๒๓", "ราคา๑๒๓บาท", true),
      (.word, "၁", "၁၂", false),
      (.word, "᪁", "᪁᪂", false),
      (.word, "서울", "서울에서", false),
      (.word, "서울", "서울 하늘", true),
      (.word, "cafe", "cafe\u{301}", false),
      (.word, "lunch", "\u{2615}\u{FE0F}lunch", true),
      (.word, "c++", "c++x", false),
      (.word, "übung", "ÜBUNG macht", true),
      (.word, "bung", "Übung", false),
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
      (.expression, #"^\w+$"#, "Grüße", true),
      (.expression, #"^\w+$"#, "東京", true),
      (.expression, #"^\w+$"#, "cafe\u{301}_9", true),
      (.expression, #"^\w+$"#, "a-b", false),
      (.expression, #"^\W+$"#, "… 🎉!", true),
      (.expression, #"^\W+$"#, "é", false),
      (.expression, #"^[\w.]+$"#, "é.東", true),
      (.expression, #"^[\W]+$"#, "… 🎉!", true),
      (.expression, #"^[^\w]+$"#, "é", false),
      (.expression, #"^[^\W]+$"#, "é東", true),
      (.expression, #"^[x\W]+$"#, "x🦀x", true),
      (.expression, #"^\d+$"#, "٣４5", true),
      (.expression, #"^\D+$"#, "４", false),
      (.expression, #"^[\D]+$"#, "ab", true),
      (.expression, #"^a\sb$"#, "a\u{A0}b", true),
      (.expression, #"^a\sb$"#, "a\u{3000}b", true),
      (.expression, #"^\S+$"#, "a\u{2003}b", false),
      (.expression, #"^[\S]+$"#, "é\u{1F980}", true),
      (.expression, #"^[\S]+$"#, "a\u{2003}b", false),
      (.expression, #"^[\s-]+$"#, "\u{3000}-", true),
      (.expression, #"^[[:word:]]+$"#, "é", true),
      (.expression, #"^[[:^word:]]+$"#, "é", false),
      (.expression, #"^[[:digit:][:space:]]+$"#, "４ ", true),
      (.expression, #"^\Q\w\E$"#, #"\w"#, true),
      (.expression, #"^\\w$"#, #"\w"#, true),
      (.expression, #"^[\]\w]+$"#, "]é", true),
      (.expression, #"^[]\w]+$"#, "]é", true),
      (.expression, "äpfel", "ÄPFEL", true),
      (.expression, "[ä-ö]", "Ö", true),
      (.expression, "σ", "ς", true),
    ] as [(TextPattern.Kind, String, String, Bool)])
  func `a pattern is found where its kind allows it`(
    _ kind: TextPattern.Kind, pattern: String, text: String, found: Bool
  ) throws {
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

  @Test(
    arguments: [
      (#"\bdeploy\b"#, nil, nil), (#"\b\w+\b"#, nil, nil), (#"\bäpfel\b"#, 0, "äpfel"),
      (#"der apfel\b \bä"#, 12, nil), (#"\b(a|ä)\b"#, 0, nil), (#"é+\b"#, 3, nil), (#"(?:a|ü)\B"#, 8, nil),
      (#"\b[äöü]"#, 0, nil), (#"\b\x{e4}"#, 0, nil), (#"\b—"#, nil, nil), (#"ä \bx"#, nil, nil),
      (#"(?i)\bß"#, nil, nil),
    ] as [(String, Int?, String?)])
  func `a boundary next to a letter beyond ASCII is reported`(expression: String, offset: Int?, word: String?) {
    let review = TextMatcher.review(expression: expression, isCaseSensitive: false)
    #expect(review.problem == nil)
    #expect(review.misledBoundary == (expression.contains("(?i)") ? 4 : offset))
    #expect(review.word == word)
  }

  @Test(arguments: [(#"\w+"#, false), (#"\w{3,20}"#, false), (#"\d{1,200}"#, false), (#"\w{1,200}"#, true)])
  func `an expression that counts too many letters of every script falls back to ASCII`(
    expression: String, isASCII: Bool
  )
    throws
  {
    #expect(TextMatcher.review(expression: expression, isCaseSensitive: false).isASCIIOnly == isASCII)
    let matcher = try TextMatcher([TextPattern(.expression, "^" + expression + "$")])
    #expect(matcher.hits(in: "555").contains(0))
    #expect(matcher.hits(in: "４４４").contains(0) != isASCII)
  }

  @Test func `the literals of an expression are those of every script`() throws {
    let matcher = try TextMatcher([TextPattern(.expression, #"^build #\d passed"#)])
    #expect(matcher.isNarrowed(0))
    var found = FoundLiterals()
    #expect(matcher.find(&found, in: "build #４ passed") && found.count > 0)
  }

  @Test func `case counts if a pattern is case-sensitive`() throws {
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
      ("a**", "two repetition operators in a row", 1),
      ("+a", "a `*`, `+`, `?` or `{…}` with nothing to repeat", 0),
      ("a{1001}", "more than 1,000 repetitions", 1),
      (#"(\pL{1000}){1000}"#, "more than 1,000 repetitions", 4),
      (#"\pL{1000}"#, "too large when its repetitions are expanded", nil),
      (
        "(?<=a)b",
        "an unknown `(?…`, or look-around, which is not supported because it cannot be matched in linear time", 0
      ),
      (
        #"(a+)\1"#,
        "an unknown escape, or a back-reference, which is not supported because it cannot be matched in linear time", 4
      ),
    ] as [(String, String, Int?)])
  func `an invalid expression is reported with its offset`(expression: String, message: String, offset: Int?) {
    let error = TextMatcher.validate(expression: expression, isCaseSensitive: false)
    #expect(error?.message == message)
    #expect(error?.offset == offset)
  }

  @Test func `an expression made to explode is matched in linear time`() throws {
    let matcher = try TextMatcher([TextPattern(.expression, "^(a+)+$")])
    #expect(!matcher.hits(in: String(repeating: "a", count: 1_000_000) + "!").contains(0))
  }
}
