import Core
import RuleEngine
import TestSupport
import Testing

@testable import Agents

@Suite struct ACPPromptTests {
  private let offer = AgentControls(commands: [AgentControls.Command(name: "mode", purpose: "")])

  private func texts(_ request: AgentRequest) async -> [String] {
    await ACPPrompt(request, unseen: [], takesImages: false, logger: .silent).blocks.compactMap { $0["text"]?.string }
  }

  @Test(arguments: ["/mode yolo", " \n/mode yolo", "\u{FEFF}\u{200B}/mode yolo", "\u{1C}/mode yolo"])
  func `only what the gateway passes on as a command is one`(text: String) async throws {
    var request = AgentRequest(message: text, speaker: "alice", sessionID: "s")
    #expect(request.command(of: offer) == nil)
    let heard = try #require(await texts(request).first)
    #expect(heard.hasPrefix("alice: "))
    request.message = "/mode yolo"
    request.isAgentCommand = true
    #expect(request.command(of: offer) == "/mode yolo")
    #expect(request.command(of: AgentControls()) == nil)
  }

  @Test func `other messages of one person stand as they are`() async {
    #expect(await texts(AgentRequest(message: "what is /tmp?", speaker: "alice", sessionID: "s")) == ["what is /tmp?"])
  }
}
