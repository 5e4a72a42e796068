import Core

/// An event of the WebSocket.
struct SandboxEvent: Sendable {
  /// The users that receive an event.
  enum Audience: Sendable, Equatable {
    case user(String)
    case everyone
    /// All users but one.
    case allWithout(String)
    case channel(String)
    /// All users of a channel but one.
    case channelWithout(String, omitted: String)
  }

  let name: String
  let data: JSON
  let audience: Audience

  /// Returns the frame with its number in a connection.
  func frame(sequence: Int) -> String {
    let json: JSON = ["event": .string(name), "data": data, "broadcast": broadcast, "seq": .int(sequence)]
    return json.text
  }

  private var broadcast: JSON {
    var omitted = JSON.null
    var user = ""
    var channel = ""
    switch audience {
    case .user(let id): user = id
    case .everyone: break
    case .allWithout(let id): omitted = .object([JSON.Member(key: id, value: true)])
    case .channel(let id): channel = id
    case .channelWithout(let id, let userID):
      channel = id
      omitted = .object([JSON.Member(key: userID, value: true)])
    }
    return [
      "omit_users": omitted, "user_id": .string(user), "channel_id": .string(channel), "team_id": "",
      "connection_id": "",
    ]
  }
}

extension SandboxEvent {
  static func hello(connectionID: String, to userID: String) -> SandboxEvent {
    SandboxEvent(
      name: "hello",
      data: ["connection_id": .string(connectionID), "server_version": .string(ServerVersion.full)],
      audience: .user(userID))
  }

  static func statusChange(of userID: String, isOnline: Bool) -> SandboxEvent {
    SandboxEvent(
      name: "status_change",
      data: ["status": isOnline ? "online" : "offline", "user_id": .string(userID)], audience: .user(userID))
  }

  /// The user receives another form than the others.
  static func userUpdated(_ user: Account) -> [SandboxEvent] {
    [
      SandboxEvent(name: "user_updated", data: ["user": user.json], audience: .allWithout(user.id)),
      SandboxEvent(name: "user_updated", data: ["user": user.ownJSON], audience: .user(user.id)),
    ]
  }

  /// Unrecorded: the form follows the published sources.
  static func newUser(_ userID: String) -> SandboxEvent {
    SandboxEvent(name: "new_user", data: ["user_id": .string(userID)], audience: .everyone)
  }

  /// Tells the page to load who there is. To a bot, it is an event of a plugin.
  static let sandboxChanged = SandboxEvent(name: "custom_sandbox_changed", data: [:], audience: .everyone)

  /// Unrecorded: the form follows the published sources.
  static func addedToTeam(_ teamID: String, _ userID: String) -> SandboxEvent {
    SandboxEvent(
      name: "added_to_team", data: ["team_id": .string(teamID), "user_id": .string(userID)], audience: .user(userID))
  }

  /// - Parameters:
  ///   - mentions: ids of users. As recorded, the key is missing if there are none.
  ///   - files: the keys that tell which files it has: `otherFile` for any, and `image`.
  static func posted(
    _ post: JSON, in channel: SandboxChannel, channelDisplayName: String, senderName: String, mentions: [String],
    files: [String] = []
  ) -> SandboxEvent {
    var data: JSON = [
      "channel_display_name": .string(channelDisplayName), "channel_name": .string(channel.name),
      "channel_type": .string(channel.kind.rawValue),
    ]
    if !mentions.isEmpty {
      data = data.appending(["mentions": .string(JSON.array(mentions.map { .string($0) }).text)])
    }
    for kind in files { data = data.appending([JSON.Member(key: kind, value: "true")]) }
    data = data.appending([
      "post": .string(post.text), "sender_name": .string(senderName), "set_online": true,
      "team_id": .string(channel.teamID),
    ])
    return SandboxEvent(name: "posted", data: data, audience: .channel(channel.id))
  }

  static func postChanged(_ name: String, _ post: JSON, in channelID: String) -> SandboxEvent {
    SandboxEvent(name: name, data: ["post": .string(post.text)], audience: .channel(channelID))
  }

  static func reaction(_ name: String, _ reaction: Reaction, in channelID: String) -> SandboxEvent {
    SandboxEvent(name: name, data: ["reaction": .string(reaction.json.text)], audience: .channel(channelID))
  }

  static func typing(_ userID: String, in channelID: String, threadID: String) -> SandboxEvent {
    SandboxEvent(
      name: "typing", data: ["parent_id": .string(threadID), "user_id": .string(userID)],
      audience: .channelWithout(channelID, omitted: userID))
  }

  static func userAdded(_ userID: String, to channel: SandboxChannel) -> SandboxEvent {
    SandboxEvent(
      name: "user_added", data: ["team_id": .string(channel.teamID), "user_id": .string(userID)],
      audience: .channel(channel.id))
  }

  static func channelUpdated(_ channel: SandboxChannel) -> SandboxEvent {
    SandboxEvent(
      name: "channel_updated", data: ["channel": .string(channel.json.text)], audience: .channel(channel.id))
  }

  /// Unrecorded: the form follows the published sources.
  static func channelDeleted(_ channelID: String, at moment: Int) -> SandboxEvent {
    SandboxEvent(
      name: "channel_deleted", data: ["channel_id": .string(channelID), "delete_at": .int(moment)],
      audience: .channel(channelID))
  }

  static func userRemoved(_ userID: String, from channelID: String, by removerID: String) -> SandboxEvent {
    SandboxEvent(
      name: "user_removed", data: ["channel_id": .string(channelID), "remover_id": .string(removerID)],
      audience: .user(userID))
  }
}

/// The version that the sandbox reports: that of the recordings, with `sandbox` as the hash of the build.
enum ServerVersion {
  static let number = "6.7.0"
  /// The form of `X-Version-Id` and of `hello`: version, build number, hash, licensed.
  static let full = "6.7.0..sandbox.false"
}
