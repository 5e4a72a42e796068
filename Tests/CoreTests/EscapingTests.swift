import Core
import Testing

@Suite("Escaping")
struct EscapingTests {
  @Test(arguments: [
    ("a b", "a b"), ("\u{1B}[31mred", "\\u{1B}[31mred"), ("a\nb", "a\\u{A}b"), ("a\u{202E}b", "a\\u{202E}b"),
    ("a\u{A0}b", "a\\u{A0}b"), ("a\u{3000}b", "a\u{3000}b"), ("bob\u{200D}", "bob\\u{200D}"), ("👩‍💻", "👩‍💻"),
  ])
  func `a terminal gets escapes for characters that it would not print or that hide others`(text: String, shown: String)
  {
    #expect(text.escaped(for: .terminal) == shown)
  }

  @Test func `between double quotes, quotes and backslashes get a backslash and line breaks are n`() {
    #expect(#"a "b" \c"#.escaped(for: .quoted) == #"a \"b\" \\c"#)
    #expect("a\nb".escaped(for: .quoted) == "a\\nb")
  }

  @Test func `a table cell has no bar and no line break`() {
    #expect("a|b\nc".escaped(for: .tableCell) == "a\\|b c")
  }

  @Test func `XML gets references, and escapes for what it cannot contain`() {
    #expect(
      "<a b=\"c\">&\n\u{1}\u{FFFF}</a>".escaped(for: .xml)
        == "&lt;a b=&quot;c&quot;&gt;&amp;&#10;\\u{1}\u{FFFD}&lt;/a&gt;")
  }
}
