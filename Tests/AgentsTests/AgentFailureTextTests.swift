import Testing

@testable import Agents

struct AgentFailureTextTests {
  @Test(arguments: AgentFailure.Code.allCases)
  func `every failure has a sentence that names the agent and says what to do`(code: AgentFailure.Code) {
    let failure = AgentFailure(code, agent: "coder", detail: "HTTP 500, private detail")
    let text = failure.sentence()
    #expect(text.contains("`coder`") || code == .noStore)
    #expect(text.hasSuffix("."))
    #expect(!text.contains("private detail"))
    #expect(!text.contains("\n"))
    #expect("\(failure)" == "agent `coder`: \(code.rawValue) (HTTP 500, private detail)")
  }

  @Test func `the sentence names commands with the prefix that works for the person`() {
    #expect(AgentFailure(.cutOff, agent: "a").sentence(prefix: "%").contains("`%retry`"))
    #expect(AgentFailure(.tooLong, agent: "a").sentence().contains("too long for the agent `a`"))
  }
}

struct EchoAgentTests {
  @Test(arguments: ["hello", "two  words\nand a line", " é 😀 ", ""])
  func `the echo agent repeats the message word by word`(message: String) async throws {
    var parts: [String] = []
    for try await part in EchoAgent().respond(to: AgentRequest(message: message, speaker: "alice", sessionID: "s")) {
      guard case .text(let text) = part else { continue }
      parts.append(text)
    }
    #expect(parts.joined() == message)
    #expect(parts.count >= message.split(whereSeparator: \.isWhitespace).count)
  }
}
