import Sandbox
import TestSupport
import Testing

/// Thinking and context limits of model endpoints.
@Suite(.timeLimit(.minutes(1))) struct EndpointTests {
  private func said(_ texts: [String], in setting: Setting) async throws {
    try await wait(for: "the bot to have said \(texts)") { try await setting.said() == texts }
  }

  @Test func `a model's thinking is neither posted nor remembered`() async throws {
    let endpoint = try ChatServer(inTurn: [
      [
        .head(), .event(#"{"choices":[{"delta":{"reasoning_content":"Secretly so."}}]}"#),
        .word(#"<think>\nHm, I think"#), .word(#" so.\n</th"#), .word(#"ink>\n\nYes."#), .finish, .done,
      ], [.head(), .word("Sure."), .finish, .done],
    ])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab really?")
        try await said(["Yes."], in: setting)
        _ = try await endpoint.request()
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab sure?")
        try await said(["Yes.", "Sure."], in: setting)
        let body = try await endpoint.request().body
        #expect(body.contains(#""content":"Yes.""#) && !body.contains("Hm") && !body.contains("Secretly"))
      }
    }
  }

  @Test func `thinking that is only recognized at its end is removed from the growing post`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([
      .head(), .word("Hm, I think so."), .wait(gate), .word(#"\n</think>\n\nYes."#), .wait(gate), .finish, .done,
    ])
    let rules = chatRules(endpoint.url).replacing(
      "session: channel", with: "session: channel\n    reply: { stream: true }")
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab really?")
        try await said(["Hm, I think so."], in: setting)
        gate.open()
        try await said(["Yes."], in: setting)
        gate.open()
        try await setting.sandbox.waitForConnection()
        try await said(["Yes."], in: setting)
      }
    }
  }

  @Test func `a conversation that is too long for the model continues with its newer half and the question`()
    async throws
  {
    let tooLong: [ChatServer.Step] = [
      .head("400 Bad Request", type: "application/json"),
      .send(
        #"{"error":{"code":400,"message":"request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error"}}"#
      ),
    ]
    let answers = ["One.", "Two.", "Three."].map { [ChatServer.Step.head(), .word($0), .finish, .done] }
    let endpoint = try ChatServer(inTurn: [answers[0], answers[1], tooLong, answers[2], tooLong])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        var expected: [String] = []
        for (question, answer) in [("first?", "One."), ("second?", "Two."), ("third?", "Three.")] {
          _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab \(question)")
          expected.append(answer)
          try await said(expected, in: setting)
        }
        var bodies: [String] = []
        for _ in 0..<4 { bodies.append(try await endpoint.request().body) }
        #expect(bodies[2].contains("first?") && !bodies[3].contains("first?"))
        #expect(bodies[3].contains("second?") && bodies[3].contains("third?"))
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab fourth?")
        try await wait(for: "the person to be told") { try await setting.said().last?.contains("`!new`") == true }
      }
    }
  }
}
