import Testing

@testable import Agents

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
