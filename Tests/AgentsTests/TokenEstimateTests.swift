import Core
import Testing

@testable import Agents

struct TokenEstimateTests {
  @Test(arguments: [("", 0), ("a", 1), ("four", 1), ("fours", 2), ("é", 1), ("日本語", 3), ("😀", 1), ("Grüße", 3)])
  func `a token is four ASCII characters or one other character`(text: String, tokens: Int) {
    #expect(TokenEstimate.tokens(of: text) == tokens)
  }

  @Test(arguments: [
    (0, []), (9, []), (10, ["three"]), (14, ["three"]), (15, ["two", "three"]), (16, ["two", "three"]),
    (17, ["one", "two", "three"]),
  ])
  func `the budget of a history keeps the newest entries whole`(budget: Int, messages: [String]) {
    let history = [
      HistoryEntry(speaker: "bob", message: "one", answer: nil),
      HistoryEntry(speaker: "bob", message: "two", answer: "twelve bytes"),
      HistoryEntry(
        speaker: "bob", message: "three",
        files: [AttachedFile(id: "f", name: "a.md", mediaType: "text/x", size: 1)], answer: nil),
    ]
    #expect(history.newest(within: budget).map(\.message) == messages)
  }
}
