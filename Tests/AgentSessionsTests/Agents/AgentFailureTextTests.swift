import Testing

@testable import AgentSessions

@Suite("What people are told")
struct AgentFailureTextTests {
  @Test("of a failure is a sentence that names the agent and says what to do", arguments: AgentFailure.Code.allCases)
  func sentences(code: AgentFailure.Code) {
    let failure = AgentFailure(code, agent: "coder", detail: "HTTP 500, private detail")
    let text = failure.sentence()
    #expect(text.contains("`coder`") || code == .noStore)
    #expect(text.hasSuffix("."))
    #expect(!text.contains("private detail"))
    #expect(!text.contains("\n"))
    #expect("\(failure)" == "agent `coder`: \(code.rawValue) (HTTP 500, private detail)")
  }

  @Test("is a command that begins as theirs do")
  func prefix() {
    #expect(AgentFailure(.cutOff, agent: "a").sentence(prefix: "%").contains("`%retry`"))
    #expect(AgentFailure(.tooLong, agent: "a").sentence().contains("too long for the agent `a`"))
  }
}

@Suite("The echo agent")
struct EchoAgentTests {
  @Test("says back what it hears, word by word", arguments: ["hello", "two  words\nand a line", " é 😀 ", ""])
  func echo(message: String) async throws {
    var parts: [String] = []
    for try await part in EchoAgent().answer(AgentRequest(message: message, speaker: "alice", sessionID: "s")) {
      guard case .text(let text) = part else { continue }
      parts.append(text)
    }
    #expect(parts.joined() == message)
    #expect(parts.count >= message.split(whereSeparator: \.isWhitespace).count)
  }
}
