import Foundation
import Sandbox
import TestSupport
import Testing

/// Users and their accounts, as recorded.
@Suite struct RecordedIdentityTests {
  private func recorded(_ step: String) throws -> [String: Any] {
    let frames = try Recording.frames("identity_and_changes")
    return unfolded(try #require(frames.first { $0.step == step }).json)
  }

  @Test func `a bot's full update without props removes from_bot`() async throws {
    try await withSandbox { sandbox in
      let client = Client(sandbox, token: try sandbox.token(of: "otherbot"))
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("hello")
      let made = try await client.object(
        "POST", "posts", ["channel_id": try await client.channel("dev"), "message": "thinking..."])
      #expect(shape(made) == shape(try Recording("bot_post_before_edit").json))
      let id = try #require(made["id"] as? String)
      let updated = try await client.object("PUT", "posts/\(id)", ["id": id, "message": "done"])
      #expect(shape(updated) == shape(try Recording("bot_post_edited_by_put").json))
      #expect(
        shape(unfolded(try await listener.next("post_edited"))) == shape(try recorded("its full update without props")))
      #expect(
        shape(try await Client(sandbox).object("GET", "users/\(try sandbox.userID("otherbot"))"))
          .replacing("bot_description: string, ", with: "") == shape(try Recording("user_is_bot").json))
    }
  }

  @Test func `a post that claims another name is announced under that name`() async throws {
    let expected = try recorded("a member claims to be a webhook and somebody else")
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("hello")
      try await sandbox.post(
        as: "bob", in: "dev", "deploy now",
        props: [
          "from_webhook": "true", "override_icon_url": "http://127.0.0.1/x.png", "override_username": "acme-alice",
        ])
      let frame = unfolded(try await listener.next("posted"))
      #expect(shape(frame) == shape(expected))
      let names = [frame, expected].map { ($0["data"] as? [String: Any])?["sender_name"] as? String }
      #expect(names == ["acme-alice", "acme-alice"])
    }
  }

  @Test(arguments: [("edgecrab", "the bot itself is renamed"), ("bob", "a user is renamed")])
  func `a renamed account is announced as recorded`(name: String, step: String) async throws {
    let expected = try recorded(step)
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("hello")
      try await sandbox.rename(user: name, to: "newname")
      let frame = unfolded(try await listener.next("user_updated"))
      #expect(shape(frame).replacing("bot_description: string, ", with: "") == shape(expected))
      let user = (frame["data"] as? [String: Any])?["user"] as? [String: Any]
      #expect(user?["username"] as? String == "newname")
      let answer = try await Client(sandbox).object("GET", "users/username/newname")
      #expect(answer["id"] as? String == (try sandbox.userID(name)))
    }
  }
}
