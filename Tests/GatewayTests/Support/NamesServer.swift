import Foundation
import HTTPServing
import TestSupport

/// A Mattermost stand-in whose users, channels and teams a test renames, with or without an event.
final class NamesServer: Sendable {
  var address: String { server.url }
  private let server: HTTPStub
  private let world: World

  /// The bot's id at the start.
  static let bot = "bot-id"

  actor World {
    var users = ["bot-id": "edgecrab", "alice-id": "alice", "mallory-id": "mallory"]
    var channels = ["dev-id": "dev", "other-id": "other"]
    var teams = ["acme-id": "acme"]
    var bot = NamesServer.bot
    var joined: Set<String> = ["dev-id", "other-id"]
    private var frames: [AsyncStream<String>.Continuation] = []
    private var sequence = 0

    func change(_ change: @Sendable (isolated World) -> Void) { change(self) }
    func open(_ stream: AsyncStream<String>.Continuation) {
      frames.append(stream)
      stream.yield(#"{"event":"hello","data":{"connection_id":"c","server_version":"6.7.0"},"seq":0}"#)
    }
    func send(_ event: String, _ data: [String: Any]) {
      sequence += 1
      let frame: [String: Any] = ["event": event, "data": data, "broadcast": [:], "seq": sequence]
      for stream in frames { stream.yield(text(frame)) }
    }
    func text(_ json: Any) -> String {
      String(decoding: (try? JSONSerialization.data(withJSONObject: json)) ?? Data(), as: UTF8.self)
    }
    func user(_ id: String) -> [String: Any] { ["id": id, "username": users[id] ?? "", "is_bot": id == bot] }
    func channel(_ id: String) -> [String: Any] {
      ["id": id, "name": channels[id] ?? "", "team_id": "acme-id", "type": "O", "delete_at": 0]
    }
    func answer(_ path: String, _ names: [String]) -> String? {
      switch path {
      case "users/me": text(user(bot))
      case "system/ping": #"{"status":"OK"}"#
      case "config/client": "{}"
      case let path where path.hasSuffix("/posts"): #"{"order":[],"posts":{}}"#
      case "users/me/teams": text(teams.map { ["id": $0.key, "name": $0.value] })
      case "users/me/teams/acme-id/channels": text(joined.map(channel))
      case "users/usernames": text(users.keys.filter { names.contains(users[$0] ?? "") }.map(user))
      case "users/ids": text(users.keys.filter(names.contains).map(user))
      case let path where path.hasPrefix("channels/"):
        channels[String(path.dropFirst("channels/".count))] == nil
          ? nil : text(channel(String(path.dropFirst("channels/".count))))
      default: nil
      }
    }
  }

  static func start() async throws -> NamesServer {
    let world = World()
    let server = try await HTTPStub.start { request in
      let path = String(request.path.dropFirst("/api/v4/".count))
      if path == "websocket" {
        let (frames, frame) = AsyncStream.makeStream(of: String.self)
        await world.open(frame)
        return .openWebSocket(.sending(frames))
      }
      let names = (try? JSONDecoder().decode([String].self, from: Data(request.body))) ?? []
      guard let body = await world.answer(path, names) else {
        return .respond(HTTPServerResponse(404, #"{"id":"not.there","message":"no"}"#))
      }
      return .respond(HTTPServerResponse(200, body))
    }
    return NamesServer(server, world)
  }

  private init(_ server: HTTPStub, _ world: World) {
    self.server = server
    self.world = world
  }

  func stop() async { await server.stop() }

  /// Changes the server without an event.
  func change(_ change: @Sendable (isolated World) -> Void) async { await world.change(change) }

  /// Renames a user with an event like Mattermost's, which has the user as JSON.
  func rename(user id: String, to name: String) async {
    await world.change { world in
      world.users[id] = name
      world.send("user_updated", ["user": world.user(id)])
    }
  }

  /// Renames a channel with an event, which has the channel as JSON in a string.
  func rename(channel id: String, to name: String) async {
    await world.change { world in
      world.channels[id] = name
      world.send("channel_updated", ["channel": world.text(world.channel(id))])
    }
  }

  /// Renames a team with an event, which has the team as JSON in a string.
  func rename(team id: String, to name: String) async {
    await world.change { world in
      world.teams[id] = name
      world.send("update_team", ["team": world.text(["id": id, "name": name])])
    }
  }

  /// Mentions the bot as a user.
  func post(by user: String, in channel: String, id: String) async {
    await world.change { world in
      let post: [String: Any] = [
        "id": id, "user_id": user, "channel_id": channel, "message": "@edgecrab hi", "create_at": 1_750_000_000_000,
      ]
      world.send(
        "posted",
        [
          "channel_name": world.channels[channel] ?? "", "channel_type": "O", "team_id": "acme-id",
          "sender_name": "@\(world.users[user] ?? "")", "post": world.text(post),
          "mentions": world.text([world.bot]),
        ])
    }
  }
}
