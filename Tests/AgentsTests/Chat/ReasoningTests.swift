import RuleEngine
import TestSupport
import Testing

@testable import Agents

@Suite(.timeLimit(.minutes(1)))
struct ReasoningTests {
  private func ask(_ words: [String], reason: String = "stop") async throws -> String {
    let words = words.map { ChatServer.Step.word($0.replacing("\n", with: #"\n"#)) }
    let end = ChatServer.Step.event(#"{"choices":[{"delta":{},"finish_reason":"\#(reason)"}]}"#)
    return try await EndpointQuestion().ask([.head()] + words + [end, .done])
  }

  @Test(arguments: [
    ["<think>Hm.</think>Hello"], ["\n<think>\nHm.\n</think>\n\nHello"],
    ["<", "think", ">", "Hm", "<", "/", "th", "ink", ">", "Hello"],
    ["<think>a</think><think>b</think>\n\nHel", "lo"],
    ["Hm, let me see.\n</think>\n\nHello"], ["Hm, <b>let</b> me", " see.</th", "ink>", "\n\nHello"],
    ["<thinking>Hm</thinking>Hello"], ["[THINK]Hm[/THINK]Hello"], ["<think></think>Hello"],
  ])
  func `reasoning is left out of the answer, wherever its tags are cut`(words: [String]) async throws {
    #expect(try await ask(words) == "Hello")
  }

  @Test(arguments: [
    "Write `</think>` to end it.", "```\nHm\n</think>\n```\nso", "The <think> tag ends with </think>, mostly.",
    "It ends at </think>, and then it answers.", "It ends in </think>",
    "<thin ice>", "a < b", "<b>bold</b>", "Hello <think>now</think>", "It ends in <", "It ends in </thi",
  ])
  func `text that only looks like a reasoning tag stays`(text: String) async throws {
    #expect(try await ask(text.map { String($0) }) == text)
    #expect(try await ask([text]) == text)
  }

  @Test func `reasoning that uses up all tokens is reported with the key to raise`() async throws {
    for words in [["<think>Hm, "], ["<think>Hm</think>"], []] {
      #expect(try await ask(words, reason: "length") == "!onlyThoughtToLimit")
    }
    let steps: [ChatServer.Step] = [
      .head(), .event(#"{"choices":[{"delta":{"reasoning_content":"Hm"},"finish_reason":"length"}]}"#), .done,
    ]
    #expect(try await EndpointQuestion().ask(steps) == "!onlyThoughtToLimit")
    let sentence = try await EndpointQuestion().failure(try ChatServer(steps)).sentence()
    #expect(sentence.contains("reasoning") && sentence.contains("`max_tokens`"))
  }

  @Test func `a response of nothing but reasoning is reported as such`() async throws {
    #expect(try await ask(["<think>Hm.</think>"]) == "!onlyThought")
    #expect(try await ask(["<think>Hm."]) == "!onlyThought")
    #expect(try await ask(["\n\n"]) == "!empty")
  }

  @Test(arguments: [
    ["<think>\nHm.\nYes.\n</think>\n\nHello"], ["<think>Hm.\n", "Yes.</think>Hel", "lo"],
  ])
  func `reasoning is quoted above the answer if the rules file says so`(words: [String]) async throws {
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
