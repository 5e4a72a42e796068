import Testing

@testable import Sandbox

@Suite("Mentions as the server finds them")
struct MentionScannerTests {
  static let cases: [(String, Set<String>)] = [
    ("@edgecrab hi", ["@edgecrab"]),
    ("hey @EdgeCrab, can you", ["@edgecrab"]),
    ("(@edgecrab)", ["@edgecrab"]),
    ("is that right, @edgecrab?", ["@edgecrab"]),
    ("ask @edgecrab.", ["@edgecrab"]),
    ("@edgecrab: go", ["@edgecrab"]),
    ("@edgecrab_ and @edgecrab-", ["@edgecrab"]),
    ("fyi:@edgecrab", ["@edgecrab"]),
    ("@carol.o-brien... @all", ["@carol.o-brien", "@all"]),
    ("mail@edgecrab.dev", []),
    ("@edgecrabby @edge crab edgecrab", []),
    (":@edgecrab:", []),
    ("@edgecrab.dev", []),
    ("`@edgecrab`", []),
    ("`` ` @edgecrab ``", []),
    ("an open ` @edgecrab", ["@edgecrab"]),
    ("``` @edgecrab", []),
    ("```\n@edgecrab\n```\n@all", ["@all"]),
    ("~~~~\n```\n@edgecrab\n~~~\n~~~~\n@all", ["@all"]),
    ("```\n@edgecrab", []),
    ("", []),
    ("@", []),
    ("...", []),
    (":", []),
  ]

  @Test(arguments: cases)
  func `a mention counts as in Mattermost`(_ text: String, _ expected: Set<String>) {
    #expect(MentionScanner.mentions(in: text, among: ["@edgecrab", "@carol.o-brien", "@all"]) == expected)
  }

  @Test func `hostile texts take linear time`() {
    let text = (1...175).map { String(repeating: "`", count: $0) }.joined(separator: " ")
    for text in [text, String(repeating: "`", count: 16_383), String(repeating: "@.:-", count: 4_000)] {
      #expect(MentionScanner.mentions(in: text, among: ["@edgecrab"]).isEmpty)
    }
  }
}
