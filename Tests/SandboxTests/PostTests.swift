import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("Posts over REST")
struct PostTests {
  @Test func `the same pending id returns the same post, for the same user only`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let alice = try await sandbox.client(as: "alice")
      let body = ["channel_id": try await bot.channel("dev"), "message": "once", "pending_post_id": "p:1"]
      let first = try await bot.object("POST", "posts", body)
      let second = try await bot.object("POST", "posts", body)
      let other = try await alice.object("POST", "posts", body)
      #expect(first["id"] as? String == second["id"] as? String)
      #expect(first["id"] as? String != other["id"] as? String)
      #expect(try await sandbox.posts(in: "dev").map(\.author) == ["edgecrab", "alice"])
    }
  }

  /// As the server's source says: `read_public_channel` of the team is enough for a post by its id, not for a channel's
  /// pages.
  @Test func `a post of a public channel can be read by users who are not in it`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let post = try await sandbox.post(as: "alice", in: "random", "hello")
      #expect(try await bot.object("GET", "posts/\(post)")["message"] as? String == "hello")
      #expect(try await bot.call("GET", "/api/v4/posts/\(post)/thread").status == 200)
      let random = try await sandbox.channelID("random")
      #expect(try await bot.call("GET", "/api/v4/channels/\(random)/posts").status == 403)
      #expect(try await bot.call("DELETE", "/api/v4/posts/\(post)").status == 403)
      let secret = try await sandbox.post(as: "alice", in: "ops", "hello")
      let mallory = try await sandbox.client(as: "mallory")
      #expect(try await mallory.call("GET", "/api/v4/posts/\(secret)").status == 403)
    }
  }

  @Test func `a root must be a root of the same channel`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let dev = try await bot.channel("dev")
      let square = try await bot.channel("town-square")
      let root = try await bot.post("root", in: dev)
      let reply = try await bot.post("reply", in: dev, root: root)
      func answer(_ channel: String, _ root: String) async throws -> String? {
        try await bot.object("POST", "posts", ["channel_id": channel, "message": "x", "root_id": root])["id"] as? String
      }
      #expect(try await answer(dev, reply) == "api.post.create_post.root_id.app_error")
      #expect(try await answer(square, root) == "api.post.create_post.channel_root_id.app_error")
      #expect(try await answer(dev, root)?.count == 26)
    }
  }

  @Test func `pages are newest first, and 'after' and 'before' lead away from the given post`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let dev = try await bot.channel("dev")
      var ids: [String] = []
      for number in 1...7 { ids.append(try await bot.post("\(number)", in: dev)) }
      func page(_ query: String) async throws -> String {
        let page = try await bot.object("GET", "channels/\(dev)/posts?\(query)")
        let posts = page["posts"] as? [String: [String: Any]] ?? [:]
        let order = page["order"] as? [String] ?? []
        return order.map { posts[$0]?["message"] as? String ?? "?" }.joined()
      }
      #expect(try await page("per_page=3") == "765")
      #expect(try await page("per_page=3&page=1") == "432")
      #expect(try await page("per_page=3&page=2") == "1")
      #expect(try await page("per_page=3&page=9") == "")
      #expect(try await page("per_page=2&after=\(ids[1])") == "43")
      #expect(try await page("per_page=2&page=1&after=\(ids[1])") == "65")
      #expect(try await page("per_page=2&before=\(ids[4])") == "43")
      #expect(try await page("after=\(ids[6])") == "")
      #expect(try await page("after=aaaaaaaaaaaaaaaaaaaaaaaaaa") == "")
      let middle = try await bot.object("GET", "channels/\(dev)/posts?per_page=2&after=\(ids[1])")
      #expect(middle["prev_post_id"] as? String == ids[1])
      #expect(middle["next_post_id"] as? String == ids[4])
    }
  }

  @Test func `'since' returns edits with their old texts, and deletions without texts`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let dev = try await bot.channel("dev")
      let edited = try await bot.post("old", in: dev)
      let deleted = try await bot.post("gone", in: dev)
      let last = try await bot.post("last", in: dev)
      let moment = try #require(try await bot.object("GET", "posts/\(last)")["create_at"] as? Int)
      _ = try await bot.object("PUT", "posts/\(edited)/patch", ["message": "new"])
      _ = try await bot.object("DELETE", "posts/\(deleted)")
      let page = try await bot.object("GET", "channels/\(dev)/posts?since=\(moment)")
      let posts = try #require(page["posts"] as? [String: [String: Any]])
      #expect(posts.count == 3)
      #expect(posts[edited]?["message"] as? String == "new")
      #expect(posts[deleted]?["message"] as? String == "")
      #expect(posts[deleted]?["delete_at"] as? Int != 0)
      #expect(posts.values.contains { $0["original_id"] as? String == edited && $0["delete_at"] as? Int != 0 })
      #expect(try await bot.call("GET", "/api/v4/posts/\(deleted)").status == 404)
      #expect(try await bot.call("PUT", "/api/v4/posts/\(deleted)/patch", ["message": "x"]).status == 403)
    }
  }

  @Test func `users cannot change posts of others, nor read channels that they are not in`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let mallory = try await sandbox.client(as: "mallory")
      let dev = try await bot.post("mine", in: try await bot.channel("dev"))
      let secret = try await bot.post("secret", in: try await bot.channel("ops"))
      #expect(try await mallory.call("PUT", "/api/v4/posts/\(dev)/patch", ["message": "x"]).status == 403)
      #expect(try await mallory.call("DELETE", "/api/v4/posts/\(dev)").status == 403)
      #expect(try await mallory.call("GET", "/api/v4/posts/\(secret)").status == 403)
      #expect(try await mallory.call("GET", "/api/v4/posts/\(secret)/thread").status == 403)
      let ops = try await bot.channel("ops")
      #expect(try await mallory.call("GET", "/api/v4/channels/\(ops)").status == 403)
      #expect(try await mallory.call("GET", "/api/v4/channels/\(ops)/posts").status == 403)
      let alice = try await bot.user("alice")
      let bob = try await bot.user("bob")
      #expect(try await mallory.call("POST", "/api/v4/channels/direct", [alice, bob]).status == 403)
      #expect(
        try await mallory.call("POST", "/api/v4/users/\(alice)/typing", ["channel_id": ops]).status == 403)
    }
  }

  @Test func `a reaction counts once per user, and is part of the post`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let me = try await bot.user("edgecrab")
      let post = try await bot.post("x", in: try await bot.channel("dev"))
      for _ in 1...2 {
        _ = try await bot.object("POST", "reactions", ["user_id": me, "post_id": post, "emoji_name": "+1"])
      }
      func metadata() async throws -> [String: Any]? {
        try await bot.object("GET", "posts/\(post)")["metadata"] as? [String: Any]
      }
      #expect((try await metadata()?["reactions"] as? [Any])?.count == 1)
      _ = try await bot.object("DELETE", "users/me/posts/\(post)/reactions/%2B1")
      #expect(try await metadata()?.isEmpty == true)
    }
  }

  @Test func `a channel stores a bounded number of posts, the newest`() async throws {
    try await withSandbox { sandbox in
      for number in 1...2_005 { try await sandbox.post(as: "alice", in: "dev", "\(number)") }
      let posts = try await sandbox.posts(in: "dev")
      #expect(posts.count == 2_000)
      #expect(posts.first?.message == "6")
      #expect(posts.last?.message == "2005")
    }
  }

  @Test func `a body that is too large or not JSON is refused`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let huge = try await bot.call("POST", "/api/v4/posts", String(repeating: "x", count: 600_000))
      #expect(huge.status == 413)
      for body in ["", "[]", "null", "{\"channel_id\": 5}", "{\"message\": \"no channel\"}"] {
        #expect(try await bot.call("POST", "/api/v4/posts", body).status == 400)
      }
    }
  }
}
