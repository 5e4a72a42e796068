import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("WebSocket events are like the recorded ones")
struct RecordedEventTests {
  /// A step of `events.jsonl`, done again in the sandbox. `root` is a post of the bot's in `dev`.
  struct Step: Sendable, CustomTestStringConvertible {
    let name: String
    let act: @Sendable (SandboxServer, _ root: String) async throws -> Void

    var testDescription: String { name }

    init(_ name: String, _ act: @escaping @Sendable (SandboxServer, _ root: String) async throws -> Void) {
      self.name = name
      self.act = act
    }

    /// A step that is one post.
    init(_ name: String, _ author: String, _ channel: String, _ message: String, inThread: Bool = false) {
      self.init(name) { sandbox, root in
        try await sandbox.post(as: author, in: channel, message, root: inThread ? root : nil)
      }
    }
  }

  static let steps = [
    Step("mention in an open channel", "alice", "dev", "@edgecrab explain this PR"),
    Step("plain message in an open channel", "bob", "dev", "lunch?"),
    Step("mention in the middle, upper case, punctuation", "bob", "dev", "hey @EdgeCrab, can you (please) help?"),
    Step("mention-like word that is no mention", "bob", "dev", "see mail@edgecrab.dev or @edgecrabby"),
    Step("mention inside a code block", "bob", "dev", "```\n@edgecrab not a mention\n```"),
    Step("@all", "alice", "dev", "@all meeting now"),
    Step("@channel", "alice", "dev", "@channel meeting now"),
    Step("@here", "alice", "dev", "@here meeting now"),
    Step("private channel mention", "carol.o-brien", "ops", "@edgecrab status?"),
    Step("direct message", "alice", "@edgecrab", "hello bot"),
    Step("direct message slash text", "alice", "@edgecrab", "/status"),
    Step("group message", "bob", "group", "hi group"),
    Step("group message mention", "bob", "group", "@edgecrab hi"),
    Step("reply in the thread without a mention", "bob", "dev", "thanks", inThread: true),
    Step("another bot posts", "otherbot", "dev", "@edgecrab I am a bot"),
    Step("incoming webhook posts") { sandbox, _ in
      let answer = try await sandbox.postByWebhook(#"{"text": "@edgecrab build failed", "username": "CI"}"#)
      #expect(answer.status == 200 && answer.text == "ok")
    },
    Step("message with a file") { sandbox, _ in
      try await sandbox.post(
        as: "alice", in: "dev", "@edgecrab read this", files: ["report.txt": Array("content".utf8)])
    },
    Step("file only, no text") { sandbox, _ in
      try await sandbox.post(as: "alice", in: "@edgecrab", "", files: ["photo.png": SamplePNG.of(width: 1, height: 1)])
    },
    Step("unicode and emoji", "alice", "@edgecrab", "héllo 👋🏽 世界 ‮x"),
    Step("long message of 16383", "alice", "@edgecrab", String(repeating: "y", count: 16_383)),
    Step("edit") { sandbox, _ in
      let id = try await sandbox.post(as: "alice", in: "@edgecrab", "hello bot")
      try await sandbox.edit(id, as: "alice", to: "hello bot (edited)")
    },
    Step("delete") { sandbox, _ in
      let id = try await sandbox.post(as: "alice", in: "@edgecrab", "hello bot (edited)")
      try await sandbox.delete(id, as: "alice")
    },
    Step("reaction") { sandbox, root in
      let alice = try await sandbox.client(as: "alice")
      let id = try await alice.user("alice")
      _ = try await alice.call(
        "POST", "/api/v4/reactions", ["user_id": id, "post_id": root, "emoji_name": "+1"])
    },
    Step("typing") { sandbox, _ in
      let alice = try await sandbox.client(as: "alice")
      _ = try await alice.call(
        "POST", "/api/v4/users/me/typing", ["channel_id": try await alice.channel("dev")])
    },
    Step("bot added to a channel") { sandbox, _ in try await sandbox.add("edgecrab", to: "random") },
    Step("bot removed from a channel") { sandbox, _ in
      try await sandbox.add("edgecrab", to: "random")
      try await sandbox.remove("edgecrab", from: "random")
    },
  ]

  @Test(arguments: steps)
  func `every frame has the recorded keys, and the recorded mention of the bot`(_ step: Step) async throws {
    let recorded = try Recording.frames("events").filter { $0.step == step.name }.map { unfolded(try $0.json) }
    let botInRecording = "firyn95uoiyi8jyuyf789887ja"
    try #require(!recorded.isEmpty)
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let botID = try await bot.user("edgecrab")
      let root = try await bot.post("here is a summary", in: try await bot.channel("dev"))
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("hello")
      try await step.act(sandbox, root)
      for expected in recorded {
        let event = try #require(expected["event"] as? String)
        let frame = unfolded(try await listener.next(event))
        // A key that is an id differs from the recorded one.
        #expect(
          shape(frame).replacing(try await bot.user("alice"), with: "alice")
            == shape(expected).replacing("d6g1affd6fbetyk9ywj6qqaera", with: "alice"))
        let data = try #require(frame["data"] as? [String: Any])
        let expectedData = try #require(expected["data"] as? [String: Any])
        for key in ["channel_display_name", "channel_type", "sender_name"] where event == "posted" {
          if step.name == "bot added to a channel", key == "channel_display_name" { continue }
          #expect(data[key] as? String == expectedData[key] as? String)
        }
        let mentionsBot = (data["mentions"] as? [String] ?? []).contains(botID)
        #expect(mentionsBot == (expectedData["mentions"] as? [String] ?? []).contains(botInRecording))
        #expect(
          (data["post"] as? [String: Any])?["message"] as? String
            == (expectedData["post"] as? [String: Any])?["message"] as? String)
      }
    }
  }

  @Test func `a changed channel is announced as recorded`() async throws {
    let frames = try Recording.frames("events").map { unfolded(try $0.json) }
    let recorded = try #require(frames.first { $0["event"] as? String == "channel_updated" })
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("hello")
      try await sandbox.rename("ops", to: "operations")
      #expect(shape(unfolded(try await listener.next("channel_updated"))) == shape(recorded))
    }
  }

  @Test func `deleting a root deletes its thread, with one event`() async throws {
    let step = "root deleted: its replies get no event"
    let recorded = try Recording.frames("identity_and_changes").filter { $0.step == step }
      .map { unfolded(try $0.json) }
    try #require(recorded.count == 1)
    try await withSandbox { sandbox in
      let root = try await sandbox.post(as: "alice", in: "dev", "a root")
      for text in ["one", "two"] { _ = try await sandbox.post(as: "bob", in: "dev", text, root: root) }
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("hello")
      try await sandbox.delete(root, as: "admin")
      try await sandbox.post(as: "alice", in: "dev", "and on")
      #expect(shape(unfolded(try await listener.next("post_deleted"))) == shape(recorded[0]))
      _ = try await listener.next("posted")
      #expect(try await sandbox.posts(in: "dev").map(\.message) == ["and on"])
    }
  }

  @Test func `@all and @channel mention all members, @here those who are online, and never the author`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("hello")
      func mentions(_ text: String) async throws -> Set<String> {
        try await sandbox.post(as: "alice", in: "dev", text)
        let frame = unfolded(try await listener.next("posted"))
        return Set((frame["data"] as? [String: Any])?["mentions"] as? [String] ?? [])
      }
      let alice = try await bot.user("alice")
      for word in ["@all", "@channel"] {
        let everybody = try await mentions("\(word) hi")
        #expect(everybody.count == 6)
        #expect(!everybody.contains(alice))
      }
      #expect(try await mentions("@here hi") == [try await bot.user("edgecrab")])
    }
  }
}
