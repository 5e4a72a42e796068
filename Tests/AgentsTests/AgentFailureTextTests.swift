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
