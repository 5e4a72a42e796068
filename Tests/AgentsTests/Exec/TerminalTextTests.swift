import TestSupport
import Testing

@testable import Agents

/// The output of a program as a terminal shows it.
@Suite(.timeLimit(.minutes(1)))
struct TerminalTextTests {
  private static let outputs: [(output: String, text: String)] = [
    ("plain\ntext\n", "plain\ntext\n"),
    ("\u{1B}[1;31mred\u{1B}[0m and \u{1B}[38;2;1;2;3mmore\u{1B}[m", "red and more"),
    ("\u{9B}31mred\u{9B}m", "red"),
    ("see \u{1B}]8;id=1;https://example.org/?a=b\u{1B}\\the page\u{1B}]8;;\u{1B}\\.", "see the page."),
    ("see \u{1B}]8;;https://example.org\u{07}the page\u{1B}]8;;\u{07}.", "see the page."),
    ("\u{1B}]0;a title\u{07}\u{1B}(B\u{1B}=\u{1B}P1$r0m\u{1B}\\text", "text"),
    // A string without an end ends with its line.
    ("\u{1B}]8;;https://example.org\nnext", "\nnext"),
    ("a\u{1B}[", "a"), ("a\u{1B}", "a"), ("a\u{1B}[31\u{18}b", "ab"), ("a\u{1B}[é", "aé"),
    ("[31m is text", "[31m is text"),
    (" 10%\r 20%\r100%\ndone", "100%\ndone"),
    ("crlf\r\nlines\r\n", "crlf\nlines\n"),
    ("loading\rok", "okading"), ("loading\r\u{1B}[Kok", "ok"), ("loading\u{1B}[2K\rok", "ok"),
    ("abc\u{08}\u{08}X", "aXc"), ("ab\u{1B}[1GX", "Xb"), ("ab\u{1B}[3Cx", "ab   x"),
    ("one 1%\ntwo 1%\n\u{1B}[2A\u{1B}[2Kone done\n\u{1B}[2Ktwo done\nall", "one done\ntwo done\nall"),
    ("old\nscreen\u{1B}[2J\u{1B}[Hnew", "new"),
    ("a\u{0}b\u{07}\u{7F}c", "abc"), ("tab\tstays", "tab\tstays"),
    ("日本\r語", "語本"), ("e\u{301}x\rá", "áx"), ("👨\u{200D}👩 x\ry", "y x"),
  ]

  @Test(arguments: outputs)
  func `a program's output becomes the text that a terminal would show`(output: String, text: String) {
    #expect(TerminalText.plain(output) == text)
    var terminal = TerminalText()
    var piecewise = String.UnicodeScalarView()
    for scalar in output.unicodeScalars {
      let change = terminal.append(String(scalar))
      piecewise.removeLast(change.retracted)
      piecewise.append(contentsOf: change.added.unicodeScalars)
    }
    #expect(String(piecewise) == text)
  }

  @Test func `overwriting costs time in proportion to the output only`() {
    let line = String(repeating: "x", count: 300_000)
    #expect(TerminalText.plain(line) == line)
    let lines = String(repeating: "line\n", count: 50_000)
    #expect(TerminalText.plain(lines) == lines)
    #expect(
      TerminalText.plain(String(repeating: "\u{1B}[999999999C", count: 10_000) + "x").count == Limits.terminalColumnsMax
    )
    for number in ["-9223372036854775808", "-9223372036854775807", "-1", "9223372036854775807"] {
      for last in "ABCDGHfJK" {
        let sequence = "\u{1B}[\(number)\(last)"
        #expect(TerminalText.plain("a\n\(sequence)\u{1B}[1;\(number)\(last)\rtext").contains("text"), "\(sequence)")
      }
    }
    #expect(TerminalText.plain("\u{1B}[" + String(repeating: "1;", count: 100_000) + "mtext") == "text")
    #expect(TerminalText.plain("\u{1B}]" + String(repeating: "x", count: Limits.terminalStringMax) + "text") == "text")
    var terminal = TerminalText()
    for _ in 0..<100_000 { _ = terminal.append("\r50%") }
    #expect(terminal.append("\r51%") == TerminalText.Change(retracted: 2, added: "1%"))
  }
}
