import ConfigLoader
import RulesTools
import Testing

@Suite struct LineDiffTests {
  @Test func `a unified diff has three lines of context`() {
    let old = (1...20).map { "\($0)\n" }.joined()
    #expect(
      LineDiff.unified(old, old.replacing("9\n", with: "nine\n").replacing("20\n", with: ""), file: "f") == """
        --- f
        +++ f
        @@ -6,7 +6,7 @@
         6
         7
         8
        -9
        +nine
         10
         11
         12
        @@ -16,5 +16,4 @@
         16
         17
         18
        -19
        -20
        +1nine

        """)
    #expect(LineDiff.unified(old, old, file: "f") == "")
  }

  @Test func `a diff of thousands of changed lines shows only those`() {
    let old = (0..<30_000).map { "line \($0)\n" }.joined()
    let new = (0..<30_000).map { $0 % 10 == 5 ? "other \($0)\n" : "line \($0)\n" }.joined()
    let lines = LineDiff.unified(old, new, file: "f").split(separator: "\n").dropFirst(2)
    #expect(lines.count { $0.hasPrefix("-") } == 3_000)
    #expect(lines.count { $0.hasPrefix("+") } == 3_000)
    #expect(lines.count { $0.hasPrefix("@@") } == 3_000)
    #expect(lines.last { $0.hasPrefix("@@") } == "@@ -29993,7 +29993,7 @@")
  }

  @Test func `a diff of added and removed lines numbers the following hunks correctly`() {
    let letters = "abcdefghijkl".map { "\($0)\n" }
    let new = ["a\n", "new\n"] + letters.dropFirst().filter { $0 != "k\n" }
    #expect(
      LineDiff.unified(letters.joined(), new.joined(), file: "f") == """
        --- f
        +++ f
        @@ -1,4 +1,5 @@
         a
        +new
         b
         c
         d
        @@ -8,5 +9,4 @@
         h
         i
         j
        -k
         l

        """)
  }

  @Test func `texts without a common line are replaced`() {
    #expect(LineDiff.unified("a\n", "b\n", file: "f") == "--- f\n+++ f\n@@ -1,1 +1,1 @@\n-a\n+b\n")
    #expect(LineDiff.unified("", "b\n", file: "f") == "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+b\n")
    #expect(LineDiff.unified("a\na\na\n", "a\n", file: "f") == "--- f\n+++ f\n@@ -1,3 +1,1 @@\n a\n-a\n-a\n")
  }
}
