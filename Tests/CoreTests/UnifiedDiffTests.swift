import Core
import Testing

@Suite struct UnifiedDiffTests {
  private func diff(_ old: String?, _ new: String) -> [String] { UnifiedDiff(path: "f", old: old, new: new).hunks }

  @Test func `shows what goes and what comes`() {
    #expect(diff("a\nb\nc\n", "a\nx\nc\n") == ["@@ -1,3 +1,3 @@", " a", "-b", "+x", " c"])
    #expect(diff(nil, "a\n") == ["@@ -0,0 +1,1 @@", "+a"])
    #expect(diff("", "b\n") == ["@@ -0,0 +1,1 @@", "+b"])
    #expect(diff("a\n", "") == ["@@ -1,1 +0,0 @@", "-a"])
    #expect(diff("a\n", "b\n") == ["@@ -1,1 +1,1 @@", "-a", "+b"])
    #expect(diff("a\na\na\n", "a\n") == ["@@ -1,3 +1,1 @@", " a", "-a", "-a"])
    #expect(diff("a\n", "a\n") == [])
  }

  @Test func `names the file, and a new one's old side /dev/null`() {
    #expect(UnifiedDiff(path: "f", old: "a\n", new: "b\n").header == ["--- f", "+++ f"])
    #expect(UnifiedDiff(path: "f", old: nil, new: "b\n").header == ["--- /dev/null", "+++ f"])
  }

  @Test func `compares bytes, and marks a missing newline at the end`() {
    #expect(diff("a\n", "a") == ["@@ -1,1 +1,1 @@", "-a", "+a\n\\ No newline at end of file"])
    #expect(diff("\u{E9}\n", "e\u{301}\n").count == 3)
    // By scalars: to Swift, a carriage return and a newline are one character.
    #expect(diff("a\r\n", "a\n") == ["@@ -1,1 +1,1 @@", "-a\r", "+a"])
  }

  @Test func `leaves out what is far from a change, and says where it is`() {
    let lines = (1...30).map { "\($0)" }
    var changed = lines
    changed[9] = "ten"
    changed.remove(at: 25)
    let text = { (lines: [String]) in lines.joined(separator: "\n") + "\n" }
    #expect(
      diff(text(lines), text(changed)) == [
        "@@ -7,7 +7,7 @@", " 7", " 8", " 9", "-10", "+ten", " 11", " 12", " 13", "@@ -23,7 +23,6 @@", " 23", " 24",
        " 25",
        "-26", " 27", " 28", " 29",
      ])
  }

  @Test func `has three lines of context`() {
    let old = (1...20).map { "\($0)\n" }.joined()
    #expect(
      diff(old, old.replacing("9\n", with: "nine\n").replacing("20\n", with: "")) == [
        "@@ -6,7 +6,7 @@", " 6", " 7", " 8", "-9", "+nine", " 10", " 11", " 12",
        "@@ -16,5 +16,4 @@", " 16", " 17", " 18", "-19", "-20", "+1nine",
      ])
  }

  @Test func `numbers the hunks after added and removed lines correctly`() {
    let letters = "abcdefghijkl".map { "\($0)\n" }
    let new = ["a\n", "new\n"] + letters.dropFirst().filter { $0 != "k\n" }
    #expect(
      diff(letters.joined(), new.joined()) == [
        "@@ -1,4 +1,5 @@", " a", "+new", " b", " c", " d", "@@ -8,5 +9,4 @@", " h", " i", " j", "-k", " l",
      ])
  }

  @Test func `shows only the changed ones of thousands of lines`() {
    let old = (0..<30_000).map { "line \($0)\n" }.joined()
    let new = (0..<30_000).map { $0 % 10 == 5 ? "other \($0)\n" : "line \($0)\n" }.joined()
    let lines = diff(old, new)
    #expect(lines.count { $0.hasPrefix("-") } == 3_000)
    #expect(lines.count { $0.hasPrefix("+") } == 3_000)
    #expect(lines.count { $0.hasPrefix("@@") } == 3_000)
    #expect(lines.last { $0.hasPrefix("@@") } == "@@ -29993,7 +29993,7 @@")
  }

  @Test func `is whole, however different two texts are`() {
    let old = (0..<3_000).map { "o\($0)\n" }.joined()
    let new = (0..<3_000).map { "n\($0)\n" }.joined()
    #expect(diff(old, new).count == 6_001)
  }

  @Test(.timeLimit(.minutes(1))) func `takes no more memory than its texts, if one has nothing or few lines`() {
    let many = (0..<200_000).map { "\($0)\n" }.joined()
    #expect(diff(nil, many).count == 200_001)
    #expect(diff(many, "").count == 200_001)
    #expect(diff("x\ny\n", many).count == 200_003)
  }

  @Test(.timeLimit(.minutes(1))) func `searches no more in many stretches than in one`() {
    func text(_ word: String) -> String {
      (0..<200).map { "unique \($0)\n" + String(repeating: "\(word)\n", count: 900) }.joined()
    }
    let hunks = UnifiedDiff(path: "f", old: text("a"), new: text("b")).hunks
    #expect(hunks.count { $0 == "-a" } == 180_000)
    #expect(hunks.count { $0 == "+b" } == 180_000)
  }
}
