import Foundation
import RuleEngine
import Testing

@testable import AgentSessions

@Suite("A request to a chat endpoint")
struct ChatRequestTests {
  private typealias Message = ChatRequest.Message
  private let settings = OpenAISettings(baseURL: "http://x/v1", model: "m", system: "Be brief.")

  @Test("holds the system's text, the history and the message, by turns")
  func conversation() {
    let request = AgentRequest(
      history: [
        Exchange(speaker: "alice", message: "one", answer: "1"),
        Exchange(speaker: "alice", message: "interrupted", answer: nil),
      ], message: "two", speaker: "alice", sessionID: "s")
    #expect(
      ChatRequest(request, settings: settings).messages == [
        Message(role: .system, content: "Be brief."), Message(role: .user, content: "one"),
        Message(role: .assistant, content: "1"), Message(role: .user, content: "interrupted\n\ntwo"),
      ])
  }

  @Test("names the speakers of a shared conversation")
  func speakers() {
    let request = AgentRequest(
      history: [
        Exchange(speaker: "alice", message: "hi", answer: "hello"),
        Exchange(speaker: "bob", message: "wait", answer: nil),
      ], message: "go on", speaker: "carol.o-brien", isShared: true, sessionID: "s")
    let messages = ChatRequest(request, settings: settings).messages
    #expect(messages.map(\.content) == ["Be brief.", "alice: hi", "hello", "bob: wait\n\ncarol.o-brien: go on"])
  }

  @Test("is written as the API wants it")
  func json() throws {
    let request = AgentRequest(message: "é \"quoted\"\n", speaker: "alice", sessionID: "s")
    let body = try JSONEncoder().encode(ChatRequest(request, settings: OpenAISettings(baseURL: "", model: "m")))
    let read = try #require(JSONSerialization.jsonObject(with: body) as? NSDictionary)
    let wanted: NSDictionary = [
      "model": "m", "stream": true, "stream_options": ["include_usage": true],
      "messages": [["role": "user", "content": "é \"quoted\"\n"]],
    ]
    #expect(read == wanted)
  }
}
