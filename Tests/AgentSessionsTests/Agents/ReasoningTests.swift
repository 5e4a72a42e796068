import RuleEngine
import TestSupport
import Testing

@testable import AgentSessions

@Suite("A model's thinking", .timeLimit(.minutes(1)))
struct ReasoningTests {
  private func ask(_ words: [String], reason: String = "stop") async throws -> String {
    let words = words.map { ChatServer.Step.word($0.replacing("\n", with: #"\n"#)) }
    let end = ChatServer.Step.event(#"{"choices":[{"delta":{},"finish_reason":"\#(reason)"}]}"#)
    return try await EndpointQuestion().ask([.head()] + words + [end, .done])
  }

  @Test(
    "is left out of the answer, wherever its tags are cut",
    arguments: [
      ["<think>Hm.</think>Hello"], ["\n<think>\nHm.\n</think>\n\nHello"],
      ["<", "think", ">", "Hm", "<", "/", "th", "ink", ">", "Hello"],
      ["<think>a</think><think>b</think>\n\nHel", "lo"],
      ["Hm, let me see.\n</think>\n\nHello"], ["Hm, <b>let</b> me", " see.</th", "ink>", "\n\nHello"],
      ["<thinking>Hm</thinking>Hello"], ["[THINK]Hm[/THINK]Hello"], ["<think></think>Hello"],
    ])
  func hidden(words: [String]) async throws {
    #expect(try await ask(words) == "Hello")
  }

  @Test(
    "is not what only looks like it",
    arguments: [
      "Write `</think>` to end it.", "```\nHm\n</think>\n```\nso", "The <think> tag ends with </think>, mostly.",
      "It ends at </think>, and then it answers.", "It ends in </think>",
      "<thin ice>", "a < b", "<b>bold</b>", "Hello <think>now</think>", "It ends in <", "It ends in </thi",
    ])
  func shown(text: String) async throws {
    #expect(try await ask(text.map { String($0) }) == text)
    #expect(try await ask([text]) == text)
  }

  @Test("that uses all the tokens of an answer says so, and which key to raise")
  func usedUp() async throws {
    for words in [["<think>Hm, "], ["<think>Hm</think>"], []] {
      #expect(try await ask(words, reason: "length") == "!onlyThoughtToLimit")
    }
    let steps: [ChatServer.Step] = [
      .head(), .event(#"{"choices":[{"delta":{"reasoning_content":"Hm"},"finish_reason":"length"}]}"#), .done,
    ]
    #expect(try await EndpointQuestion().ask(steps) == "!onlyThoughtToLimit")
    let sentence = try await EndpointQuestion().failure(try ChatServer(steps)).sentence()
    #expect(sentence.contains("thinking") && sentence.contains("`max_tokens`"))
  }

  @Test("that comes to no answer is told as such")
  func noAnswer() async throws {
    #expect(try await ask(["<think>Hm.</think>"]) == "!onlyThought")
    #expect(try await ask(["<think>Hm."]) == "!onlyThought")
    #expect(try await ask(["\n\n"]) == "!empty")
  }

  @Test(
    "is posted above the answer as a quotation if the file says so",
    arguments: [
      ["<think>\nHm.\nYes.\n</think>\n\nHello"], ["<think>Hm.\n", "Yes.</think>Hel", "lo"],
    ])
  func quoted(words: [String]) async throws {
    var question = EndpointQuestion()
    question.settings.reasoning = .show
    let words = words.map { ChatServer.Step.word($0.replacing("\n", with: #"\n"#)) }
    let text = try await question.ask([.head()] + words + [.finish, .done])
    #expect(text.hasPrefix("> Hm.\n> Yes.\n") && text.hasSuffix("\n\nHello"), "\(text)")
    let steps: [ChatServer.Step] = [
      .head(), .event(#"{"choices":[{"delta":{"reasoning_content":"Hm.\nYes."}}]}"#), .word("Hello"), .finish, .done,
    ]
    #expect(try await question.ask(steps) == "> Hm.\n> Yes.\n\nHello")
  }
}
