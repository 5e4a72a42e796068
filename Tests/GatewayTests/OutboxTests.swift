import Sandbox
import TestSupport
import Testing

/// Replies are posted once, whatever happens to a call or to the gateway.
@Suite struct OutboxTests {
  private static let posts = "POST /api/v4/posts"
  private let inParts = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: say, when: { text: { equals: ping } }, say: "pong" }
      - { name: all, when: { trigger: mention }, agent: echo, reply: { max_length: 200, to: RIGHT } }
    """

  private func rules(to place: String) -> String { inParts.replacing("RIGHT", with: place) }

  /// A question whose echo comes in parts of one letter each.
  private func question(_ letters: String) -> String {
    "@edgecrab " + letters.map { String(repeating: $0, count: 150) }.joined(separator: "\n\n")
  }

  private func letters(_ said: [String]) -> String { String(said.compactMap(\.first)) }

  @Test(.timeLimit(.minutes(1)), arguments: ["channel", "thread"])
  func `a post whose response was lost is looked for and not made again`(place: String) async throws {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        call.target == Self.posts && before == 1 ? .loseAnswer : .pass
      }
      try await setting.withGateway(through: relay, rules: rules(to: place)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", question("abc"))
        try await wait(for: "all parts") { try await setting.said().count >= 3 }
        #expect(letters(try await setting.said()) == "abc")
        #expect(relay.calls(Self.posts).count == 3)
      }
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["500 Oops", "200 OK", "403 Forbidden", "404 Not Found"])
  func `a post that only a proxy refused is made in the end`(status: String) async throws {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        call.target == Self.posts && before == 0 ? .answer(status, body: "<html>a proxy's page</html>") : .pass
      }
      try await setting.withGateway(through: relay, rules: rules(to: "channel")) {
        let answer = try await setting.ask("ping")
        #expect(answer.message == "pong")
        #expect(relay.calls(Self.posts).count == 2)
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `replies that were not posted when the gateway ended are posted once by the next one`() async throws {
    try await Setting.with { setting in
      let down = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        guard call.target == Self.posts else { return .pass }
        return call.body.contains("pong") || before > 1 ? .answer("500 Oops") : .pass
      }
      try await setting.withGateway(through: down, rules: rules(to: "channel")) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", question("abc"))
        try await wait(for: "the third part to be tried") { down.calls(Self.posts).count >= 3 }
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "ping")
        try await wait(for: "the saying to be tried") {
          down.calls(Self.posts).contains { $0.body.contains("pong") }
        }
      }
      #expect(letters(try await setting.said()) == "ab")
      try await setting.withGateway(rules: rules(to: "channel")) {
        try await wait(for: "the rest") { try await setting.said().count >= 4 }
        #expect(try await setting.ask("ping").message == "pong")
      }
      #expect(letters(try await setting.said()).sorted() == Array("abcpp"))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `replies that were posted and not recorded when the gateway ended are not posted again`() async throws {
    try await Setting.with { setting in
      // The server posts it; the gateway, which never gets the response, ends.
      let deaf = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        switch call.target {
        case Self.posts: .loseAnswer
        case let target where target.contains("/posts?since="): .answer("500 Oops")
        default: .pass
        }
      }
      try await setting.withGateway(through: deaf, rules: rules(to: "channel")) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "ping")
        _ = try await setting.sandbox.post(as: "alice", in: "dev", question("ab"))
        try await wait(for: "both to be posted") { try await setting.said().count >= 2 }
      }
      try await setting.withGateway(rules: rules(to: "channel")) {
        try await wait(for: "the second part") { try await setting.said().count >= 3 }
        #expect(try await setting.ask("@edgecrab last").message == "last")
      }
      #expect(letters(try await setting.said()).sorted() == Array("ablp"))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `another user's post with a reply's mark is not taken for the reply`() async throws {
    try await Setting.with { setting in
      let marks = AsyncQueue<String>()
      let gate = TestGate()
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        guard call.target == Self.posts, before == 0 else { return .pass }
        marks(String(call.body.firstMatch(of: /"edgecrab":"([^"]+)"/)?.1 ?? ""))
        gate.wait()
        return .answer("500 Oops")
      }
      try await setting.withGateway(through: relay, rules: rules(to: "channel")) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "ping")
        // The other post is there before the gateway looks for its own.
        let mark = try await marks.next("the reply")
        #expect(!mark.isEmpty)
        let pang = try await setting.sandbox.post(as: "mallory", in: "dev", "pang", props: ["edgecrab": mark])
        gate.open()
        let pong = try await setting.sandbox.nextPost(after: pang, within: patience) { $0.author == "edgecrab" }
        #expect(pong.message == "pong")
        #expect(relay.calls("PUT /api/v4/posts/\(pang)").isEmpty)
      }
    }
  }
}
