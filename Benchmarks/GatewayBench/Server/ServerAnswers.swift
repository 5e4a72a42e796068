import BenchSupport
import Foundation
import Synchronization
import TestSupport

/// A post by the bot as the server received it.
struct BotPost: Sendable {
  let id: String
  let channel: String
  let root: String
  let message: String
  let arrival: ContinuousClock.Instant
}

/// The answers of the stand-in server to REST calls.
struct ServerAnswers: Sendable {
  /// What a call changes.
  enum Effect: Sendable {
    case post(BotPost)
    case reaction(post: String, user: String, emoji: String)
  }

  struct Answer {
    var status = 200
    var body: String
    var effect: Effect?
  }

  let channels: Int
  /// Answers that are always the same, by the kind of the call.
  private let fixed: [String: String]
  private let created: Template
  private let account: Template
  private let missing: Recording

  init(channels: Int) throws {
    self.channels = channels
    var fixed = [
      "GET users/me": try Recording("users_me").body, "GET system/ping": try Recording("system_ping").body,
      "GET users/me/teams": try Recording("me_teams").body, "GET config/client": try Recording("config_client").body,
      "GET channels/*/posts": #"{"order":[],"posts":{},"next_post_id":"","prev_post_id":""}"#,
    ]
    let list = try Self.channelList(channels)
    fixed["GET users/me/teams/*/channels"] = list
    fixed["GET users/me/channels"] = list
    self.fixed = fixed
    created = Template(
      try Recording("post_created").body,
      [
        ("iy3wu7s5fjd8fpjr9qkqak47bc", .post), ("igyj8jtgwbbbzco4qjwgfa7awa", .channel),
        ("hello from the bot", .text), ("firyn95uoiyi8jyuyf789887ja:1700000000000", .pending),
        ("1795351683732", .time),
      ])
    guard let alice = (try Recording("users_by_ids").json as? [Any])?.first else { throw TestFailure("no account") }
    account = Template(
      String(decoding: try JSONSerialization.data(withJSONObject: alice), as: UTF8.self),
      [("d6g1affd6fbetyk9ywj6qqaera", .user), ("alice", .name)])
    missing = try Recording("not_found_route")
  }

  /// Returns the answer to a call of a kind of `CallLog`.
  func answer(to request: HTTPConnection.Request, of kind: String) -> Answer {
    if let body = fixed[kind] { return Answer(body: body) }
    switch kind {
    case "POST posts": return post(request)
    case "PUT posts/*/patch", "PUT posts/*": return patch(request)
    case "POST users/ids":
      let ids = (try? JSONDecoder().decode([String].self, from: Data(request.body))) ?? []
      return Answer(
        body: "[" + ids.map { account.filled([.user: $0, .name: "user-\($0)"]) }.joined(separator: ",") + "]")
    case "POST reactions": return react(request)
    case _ where kind.hasPrefix("DELETE users/*/posts/*/reactions/") || kind == "POST users/*/typing":
      return Answer(body: #"{"status":"OK"}"#)
    default: return Answer(status: missing.status, body: missing.body)
    }
  }

  private func post(_ request: HTTPConnection.Request) -> Answer {
    let body = Self.object(request.body)
    // Only texts without characters that JSON escapes are posted here.
    let text = (body["message"] ?? "").filter { $0 != "\"" && $0 != "\\" && !$0.isNewline }
    let post = BotPost(
      id: Self.freshID(), channel: body["channel_id"] ?? "", root: body["root_id"] ?? "", message: text,
      arrival: request.arrival)
    let answer = created.filled([
      .post: post.id, .channel: post.channel, .text: text, .pending: body["pending_post_id"] ?? "",
      .time: EventFrames.now,
    ])
    return Answer(status: 201, body: answer, effect: .post(post))
  }

  private func patch(_ request: HTTPConnection.Request) -> Answer {
    let parts = request.path.split(separator: "/")
    return Answer(
      body: created.filled([.post: parts.count > 3 ? String(parts[3]) : "", .time: EventFrames.now]))
  }

  private func react(_ request: HTTPConnection.Request) -> Answer {
    let body = Self.object(request.body)
    return Answer(
      body: String(decoding: request.body, as: UTF8.self),
      effect: .reaction(post: body["post_id"] ?? "", user: body["user_id"] ?? "", emoji: body["emoji_name"] ?? ""))
  }

  /// Returns the texts of a JSON object.
  private static func object(_ body: [UInt8]) -> [String: String] {
    let object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    return object.compactMapValues { $0 as? String }
  }

  private static let posts = Counter()

  private static func freshID() -> String {
    posts.increment()
    return EventFrames.id("b", posts.count)
  }

  private static func channelList(_ count: Int) throws -> String {
    let recorded = try Recording("me_team_channels").json as? [[String: Any]]
    guard let open = recorded?.first(where: { $0["name"] as? String == "dev" }) else { throw TestFailure("no channel") }
    // A minute ago, as in a busy channel: young enough to be answered, had the bot been there.
    let posted = Int(Date.now.timeIntervalSince1970 * 1_000) - 60_000
    let channels = (0..<count).map { number in
      var channel = open
      channel["id"] = EventFrames.channel(number)
      channel["name"] = "channel-\(number)"
      channel["display_name"] = "Channel \(number)"
      channel["total_msg_count"] = 5
      channel["last_post_at"] = posted
      return channel
    }
    return String(decoding: try JSONSerialization.data(withJSONObject: channels), as: UTF8.self)
  }
}
