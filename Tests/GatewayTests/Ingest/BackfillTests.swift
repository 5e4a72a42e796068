import ConfigLoader
import Foundation
import RuleEngine
import Sandbox
import TestSupport
import Testing

/// Posts, edits and deletions that the event socket did not deliver.
@Suite struct BackfillTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    commands: { bind: { status: { action: status } } }
    rules:
      - { name: all, when: { trigger: [mention, dm, command] }, agent: echo, session: channel }
    """

  @Test(.timeLimit(.minutes(1)))
  func `posts from while the gateway was stopped are answered once, in their order`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      for word in ["one", "two", "three"] {
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab \(word)")
      }
      try await setting.sandbox.post(as: "bob", in: "@edgecrab", "in private")
      for _ in 1...2 {
        try await setting.withGateway(rules: Self.rules) {
          try await setting.hasSaid("three", times: 1)
          try await wait(for: "the direct message's answer") {
            try await setting.said(in: "@edgecrab", as: "bob") == ["in private"]
          }
          try await setting.ask("@edgecrab last")
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `an edit that adds a mention while the gateway is stopped is answered once, and other edits are not`()
    async throws
  {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      var posts: [String] = []
      try await setting.withGateway(rules: Self.rules) {
        for text in ["plain", "chatter", "@edgecrab asked"] {
          posts.append(try await sandbox.post(as: "alice", in: "dev", text))
        }
        try await setting.hasSaid("asked", times: 1)
      }
      try await sandbox.edit(posts[0], as: "alice", to: "@edgecrab after all")
      try await sandbox.edit(posts[1], as: "alice", to: "more chatter")
      try await sandbox.edit(posts[2], as: "alice", to: "@edgecrab asked, corrected")
      let fresh = try await sandbox.post(as: "alice", in: "dev", "nobody heard of this")
      try await sandbox.edit(fresh, as: "alice", to: "@edgecrab new and edited")
      for _ in 1...2 {
        try await setting.withGateway(rules: Self.rules) {
          try await setting.hasSaid("after all", times: 1)
          try await setting.hasSaid("new and edited", times: 1)
          try await setting.ask("@edgecrab last")
        }
      }
      #expect(try await Set(setting.said()) == ["asked", "after all", "new and edited", "last"])
      #expect(try await setting.said().count == 5)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `an edit whose channel cannot be looked up is read again`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      let random = try await sandbox.channelID("random")
      // Neither when the bot comes into the channel nor when the post is edited does the server tell of it.
      let relay = try InterceptingProxy(before: sandbox.url) { call, before in
        call.target == "GET /api/v4/channels/\(random)" && before < 8 ? .answer("500 Oops") : .pass
      }
      try await setting.withGateway(through: relay, rules: Self.rules) {
        let post = try await sandbox.post(as: "alice", in: "random", "plain")
        try await sandbox.add("edgecrab", to: "random")
        try await sandbox.edit(post, as: "alice", to: "@edgecrab after all")
        _ = try await sandbox.nextPost(after: post, within: .seconds(50)) { $0.message == "after all" }
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a second start answers no post again`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab away")
      for word in ["second", "third"] {
        try await setting.withGateway(rules: Self.rules) {
          try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab \(word)")
          try await setting.hasSaid(word, times: 1)
        }
      }
      #expect(try await setting.said() == ["first", "away", "second", "third"])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `posts from before the first start are not answered`() async throws {
    try await Setting.with { setting in
      try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab too early")
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab now") }
      #expect(try await setting.said() == ["now"])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `several pages of posts are read, also in a channel that the bot joined meanwhile`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      try await setting.sandbox.add("edgecrab", to: "random")
      try await setting.sandbox.post(as: "alice", in: "random", "@edgecrab hello from random")
      try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab oldest")
      for number in 1...450 { try await setting.sandbox.post(as: "bob", in: "dev", "talk \(number)") }
      try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab newest")
      try await setting.withGateway(rules: Self.rules) {
        try await setting.hasSaid("newest", times: 1)
        try await wait(for: "the answer in the new channel") {
          try await setting.said(in: "random") == ["hello from random"]
        }
      }
      #expect(try await setting.said() == ["first", "oldest", "newest"])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `reading continues after a post that was deleted meanwhile`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) {
        try await setting.ask("@edgecrab first")
        let last = try await setting.sandbox.post(as: "alice", in: "dev", "and that is all")
        try await setting.ask("@edgecrab heard")
        try await setting.sandbox.delete(last, as: "alice")
      }
      for post in try await setting.sandbox.posts(in: "dev") where post.author == "alice" {
        try await setting.sandbox.delete(post.id, as: "alice")
      }
      let mine = try await setting.sandbox.posts(in: "dev").last { $0.author == "edgecrab" }
      try await setting.sandbox.delete(try #require(mine).id, as: "edgecrab")
      try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab again")
      try await setting.withGateway(rules: Self.rules) { try await setting.hasSaid("again", times: 1) }
      #expect(try await setting.said() == ["first", "again"])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `events that the server cannot replay are read before newer ones are processed`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) {
        try await setting.ask("@edgecrab first")
        await setting.sandbox.misbehave(.amnesia)
        for word in ["one", "two"] { try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab \(word)") }
        try await setting.hasSaid("two", times: 1)
        await setting.sandbox.misbehave(.frames(.lost, count: 1))
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab three")
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab four")
        try await setting.hasSaid("four", times: 1)
      }
      #expect(try await setting.said() == ["first", "one", "two", "three", "four"])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `posts are read later if REST fails at first`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab away")
      try await setting.withGateway(
        rules: Self.rules, beforeRun: { await setting.sandbox.misbehave(.calls(.page(status: 200), count: 1)) }
      ) {
        try await setting.hasSaid("away", times: 1)
      }
      #expect(try await setting.said() == ["first", "away"])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a socket that delivers nothing is detected, and the posts are answered`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules, intervals: .short) {
        try await setting.ask("@edgecrab first")
        await setting.sandbox.misbehave(.frames(.lost, count: 1))
        try await setting.ask("@edgecrab unheard")
        try await setting.ask("@edgecrab heard")
      }
      #expect(try await setting.said() == ["first", "unheard", "heard"])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a post that is too old is recorded and not answered, and one notice says so in a direct channel`() async throws
  {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      for word in ["one", "two"] {
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab \(word)")
        try await setting.sandbox.post(as: "bob", in: "@edgecrab", word)
      }
      setting.sandbox.advanceClock(by: .seconds(3_600))
      for _ in 1...2 {
        try await setting.withGateway(rules: Self.rules) {
          try await wait(for: "word in private") { try await !setting.said(in: "@edgecrab", as: "bob").isEmpty }
          try await setting.ask("@edgecrab now")
        }
      }
      #expect(try await setting.said() == ["first", "now", "now"])
      #expect(
        try await setting.said(in: "@edgecrab", as: "bob") == [
          "Your 2 messages came while I was not connected, more than 15 minutes ago, so I did not answer. "
            + "Ask again if you still want to know."
        ])
      #expect(try setting.recorded().count == 7)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a post that is delivered twice is recorded once`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) {
        await setting.sandbox.misbehave(.frames(.doubled, count: 3))
        try await setting.sandbox.post(as: "bob", in: "dev", "lunch?")
        try await setting.ask("@edgecrab hello")
      }
      #expect(try await setting.said() == ["hello"])
      #expect(try setting.recorded().map(\.decided?.verdict.rule) == [nil, "all"])
    }
  }
}
