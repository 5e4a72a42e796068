import Core
import Testing

@testable import AgentSessions

@Suite("Tokens")
struct TokenEstimateTests {
  @Test(
    "are four characters of ASCII, or one other",
    arguments: [("", 0), ("a", 1), ("four", 1), ("fours", 2), ("é", 1), ("日本語", 3), ("😀", 1), ("Grüße", 3)])
  func estimate(text: String, tokens: Int) {
    #expect(TokenEstimate.tokens(of: text) == tokens)
  }

  @Test(
    "of a history are those of its newest exchanges, none of them cut",
    arguments: [
      (0, []), (9, []), (10, ["three"]), (14, ["three"]), (15, ["two", "three"]), (16, ["two", "three"]),
      (17, ["one", "two", "three"]),
    ])
  func newest(budget: Int, messages: [String]) {
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
