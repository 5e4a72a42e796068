import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("REST answers are like the recorded ones")
struct RecordedAnswerTests {
  /// Sent again to the sandbox with its own ids in place of the recorded ones.
  static let replayed = [
    "bad_json", "channel_by_id", "channel_by_name", "channel_direct", "channel_direct_create", "channel_group",
    "channel_posts_page", "channel_posts_since", "forbidden_channel", "me_team_channels", "me_teams",
    "not_found_route", "post_16383", "post_archived_channel", "post_bad_root", "post_created", "post_deleted",
    "post_empty", "post_ephemeral", "post_get", "post_patched", "post_pending_duplicate", "post_reply", "post_thread",
    "post_too_long", "post_unknown_channel", "post_with_nul", "reaction_added", "reaction_removed", "system_ping",
    "typing",
    "unauthorized", "unauthorized_post", "user_by_username", "user_missing", "users_by_ids", "users_by_usernames",
    "users_me", "ws_upgrade_without_upgrade_header",
  ]

  @Test(arguments: replayed)
  func `status, headers, keys and error ids are like the recorded ones`(_ name: String) async throws {
    let recording = try Recording(name)
    try await withSandbox { sandbox in
      let ids = try await Self.ids(in: sandbox, for: recording)
      let client = Client(sandbox, token: name.hasPrefix("unauthorized") ? "wrong" : sandbox.botToken)
      let answer = try await client.call(
        recording.method, Self.replacing(ids, in: recording.path),
        name == "bad_json" ? "{\"channel_id\":" : recording.requestBody.map { Self.replacing(ids, in: $0) })

      #expect(answer.status == recording.status)
      let missing = Set(recording.headers.keys).subtracting(answer.headers.keys).subtracting(["content-length"])
      #expect(missing.isEmpty, "headers that a real server sends")
      #expect(answer.headers["content-type"] == recording.headers["content-type"])
      let body = (try? JSONSerialization.jsonObject(with: Data(answer.body))) ?? answer.text
      #expect(shape(body) == shape(recording.json))
      if let error = recording.json as? [String: Any], error["status_code"] != nil, let own = body as? [String: Any] {
        for key in ["id", "message", "detailed_error"] { #expect(own[key] as? String == error[key] as? String) }
      }
    }
  }

  @Test(arguments: [nil, "", "Bearer", "wrong"])
  func `a missing token is answered like a wrong one`(_ token: String?) async throws {
    let recording = try Recording("unauthorized")
    try await withSandbox { sandbox in
      let answer = try await Client(sandbox, token: token).object("GET", "users/me")
      #expect(answer["id"] as? String == (recording.json as? [String: Any])?["id"] as? String)
    }
  }

  @Test func `an uploaded file is answered and attached to a post as recorded`() async throws {
    let recording = try Recording("file_upload")
    let event = try #require(try Recording.frames("events").first { $0.step == "message with a file" })
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let dev = try await bot.channel("dev")
      let answer = try await bot.call("POST", "/api/v4/files?channel_id=\(dev)&filename=note.txt", "hello file")
      #expect(answer.status == recording.status)
      let body = try JSONSerialization.jsonObject(with: Data(answer.body))
      #expect(shape(body) == shape(recording.json))
      let file = try #require(((body as? [String: Any])?["file_infos"] as? [[String: Any]])?.first)
      #expect(file["name"] as? String == "note.txt" && file["size"] as? Int == 10)

      let own = try await bot.object(
        "POST", "posts", ["channel_id": dev, "message": "see", "file_ids": [try #require(file["id"])]])
      let frame = try JSONSerialization.jsonObject(with: Data(event.text.utf8)) as? [String: Any]
      let told = (frame?["data"] as? [String: Any])?["post"] as? String ?? ""
      let recorded = try #require(try JSONSerialization.jsonObject(with: Data(told.utf8)) as? [String: Any])
      for key in ["file_ids", "metadata"] {
        #expect(shape(own[key]) == shape(recorded[key]))
      }

      // It hangs on one post only.
      let again = try await bot.object(
        "POST", "posts", ["channel_id": dev, "message": "again", "file_ids": [try #require(file["id"])]])
      #expect(again["file_ids"] == nil)
    }
  }

  @Test func `the client configuration has only keys of a real server, and the same message size`() async throws {
    let recorded = try #require(try Recording("config_client").json as? [String: Any])
    try await withSandbox { sandbox in
      let own = try await Client(sandbox).object("GET", "config/client?format=old")
      #expect(Set(own.keys).subtracting(recorded.keys).isEmpty)
      #expect(own["MaxPostSize"] as? String == recorded["MaxPostSize"] as? String)
      #expect(own["Version"] as? String == recorded["Version"] as? String)
    }
  }

  /// Creates the posts of the recordings, and returns the values of the recordings with those of the sandbox.
  private static func ids(
    in sandbox: SandboxServer, for recording: Recording
  ) async throws -> [String: String] {
    let bot = Client(sandbox)
    let dev = try await bot.channel("dev")
    let botID = try await bot.user("edgecrab")
    let aliceID = try await bot.user("alice")
    let post = try await bot.post("hello from the bot", in: dev)
    let reply = try await bot.post("a reply", in: dev, root: post)
    if recording.name == "channel_posts_page" {
      // The page that was recorded also has a system post.
      try await sandbox.remove("otherbot", from: "dev")
      try await sandbox.add("otherbot", to: "dev")
    }
    let alice = try await sandbox.client(as: "alice")
    let team = try #require(try await bot.object("GET", "teams/name/acme")["id"] as? String)
    let direct = try #require(try await bot.object("POST", "channels/direct", [botID, aliceID])["id"] as? String)
    let channels = try await alice.call("GET", "/api/v4/users/me/teams/\(team)/channels")
    let list = try #require(try JSONSerialization.jsonObject(with: Data(channels.body)) as? [[String: Any]])
    let group = try #require(list.first { $0["type"] as? String == "G" }?["id"] as? String)
    let ids = [
      "ryczsmzyytb5jbcb3bw1h1tmfc": team,
      "igyj8jtgwbbbzco4qjwgfa7awa": dev,
      "4gywo5wiqifcbd3dran3b8ymac": dev,
      "1wsf1fjdstfu9cfa4prfbwtr7o": try await bot.channel("random"),
      "7nbkycn4wjnqzfh34ii3dh57zc": try await bot.channel("attic"),
      "iot1m8fqi7yx5xuyg16dji6b3e": direct,
      "bhbmjti35fy87ryufmg5hhzfca": group,
      "firyn95uoiyi8jyuyf789887ja": botID,
      "d6g1affd6fbetyk9ywj6qqaera": aliceID,
      "6k365i18xbbbzqitxqhziuk8xr": try await bot.user("bob"),
      "iy3wu7s5fjd8fpjr9qkqak47bc": post,
      "4khx5gzsmbfgmpdj1ag71wcdpo": reply,
      // The moment that the recorded `since` asks for.
      "1795351623819": "1",
    ]
    if recording.name == "post_pending_duplicate" {
      _ = try await bot.call(
        recording.method, recording.path, recording.requestBody.map { replacing(ids, in: $0) })
    }
    return ids
  }

  private static func replacing(_ ids: [String: String], in text: String) -> String {
    ids.reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
  }
}
