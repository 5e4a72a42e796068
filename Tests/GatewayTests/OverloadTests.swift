import Gateway
import Sandbox
import Sessions
import TestSupport
import Testing

/// A burst of messages for a server with few database connections.
@Suite(.timeLimit(.minutes(2))) struct OverloadTests {
  private let rules = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: all, when: { trigger: mention }, agent: echo, session: thread, limit: { per_user: 1000/min } }
    """

  /// - Parameter bears: How many requests at once the server handles before it rejects posts for roots that exist: more
  ///   than are made, or fewer.
  @Test(arguments: [10, 3])
  func `each of two hundred mentions at once is answered once, in its thread`(bears: Int) async throws {
    let (people, rooms) = (20, 10)
    try await Setting.with(people: people, rooms: rooms) { setting in
      try await setting.withGateway(rules: rules) {
        await setting.sandbox.misbehave(.crowded(over: bears, delay: .milliseconds(10)))
        var asked: [String: String] = [:]
        for number in 0..<200 {
          let text = "question \(number)"
          asked[text] = try await setting.sandbox.post(
            as: "person-\(number % people + 1)", in: "room-\(number % rooms + 1)", "@edgecrab \(text)")
        }
        try await wait(for: "all answers", within: .seconds(90)) {
          try await Set(setting.sandbox.messages(of: "edgecrab")).isSuperset(of: asked.keys)
        }
        var answers: [String: [String?]] = [:]
        for room in 1...rooms {
          for post in try await setting.sandbox.posts(in: "room-\(room)") where post.author == "edgecrab" {
            answers[post.message, default: []].append(post.rootID)
          }
        }
        #expect(answers == asked.mapValues { [$0] })
        #expect(try await setting.sandbox.messages(of: "edgecrab").count == 200)
        #expect(await setting.sandbox.mostCallsAtOnce <= 8)
      }
    }
  }

  /// The errors of a server whose look-up failed (seen under load, not recorded).
  private static let refusals = [
    #"{"id":"api.post.create_post.root_id.app_error","message":"Ungültiger Parameter RootId.","status_code":400}"#,
    #"{"id":"api.context.invalid_param.app_error","message":"Invalid post.channel_id parameter.","status_code":400}"#,
    #"{"id":"api.context.permissions.app_error","message":"You do not have the permissions.","status_code":403}"#,
  ]

  @Test(
    arguments: [(refusals[0], "thread"), (refusals[1], "thread"), (refusals[1], "channel"), (refusals[2], "thread")])
  func `a post is sent again if the server rejects it for something that exists`(refusal: String, place: String)
    async throws
  {
    try await Setting.with { setting in
      let status = refusal.hasSuffix("403}") ? "403 Forbidden" : "400 Bad Request"
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        call.target == "POST /api/v4/posts" && before < 2 ? .answer(status, body: refusal) : .pass
      }
      let rules = rules.replacing("session: thread", with: "reply: { to: \(place) }")
      try await setting.withGateway(through: relay, rules: rules, intervals: .short) {
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await setting.hasSaid("hi", times: 1)
        let answer = try await setting.sandbox.nextPost(after: question) { $0.author == "edgecrab" }
        #expect(answer.rootID == (place == "thread" ? question : nil))
      }
      #expect(try await setting.said() == ["hi"])
      #expect(try await setting.said(in: "@edgecrab").isEmpty)
    }
  }

  @Test func `a post that another request is just creating is looked up and not created again`() async throws {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        guard call.target == "POST /api/v4/posts" else { return .pass }
        // Seen and not recorded; the other one is posted all the same.
        return before == 0 ? .loseAnswer : .answer("500 Oops", body: #"{"id":"x","message":"Rejected post since …"}"#)
      }
      try await setting.withGateway(through: relay, rules: rules, intervals: .short) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await setting.hasSaid("hi", times: 1)
        try await wait(for: "the conversation to be over") { relay.calls("GET /api/v4/posts/").count >= 1 }
      }
      #expect(try await setting.said() == ["hi"])
      #expect(relay.calls("POST /api/v4/posts").count == 1)
    }
  }
}
