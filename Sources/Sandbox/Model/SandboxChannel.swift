import Core

/// A channel, a direct message or a group message.
struct SandboxChannel: Sendable, Equatable {
  /// The kinds, with the letters of Mattermost.
  enum Kind: String, Sendable {
    case open = "O"
    case restricted = "P"
    case direct = "D"
    case group = "G"
  }

  let id: String
  let kind: Kind
  let teamID: String
  var name: String
  let displayName: String
  let header: String
  let creatorID: String
  let createAt: Int
  /// The time at which it was archived, or 0.
  var deleteAt: Int
  var memberIDs: Set<String>
  var lastPostAt = 0
  var lastRootPostAt = 0
  var messageCount = 0
  var rootMessageCount = 0

  var json: JSON {
    [
      "id": .string(id), "create_at": .int(createAt), "update_at": .int(createAt), "delete_at": .int(deleteAt),
      "team_id": .string(teamID), "type": .string(kind.rawValue), "display_name": .string(displayName),
      "name": .string(name), "header": .string(header), "purpose": "", "last_post_at": .int(lastPostAt),
      "total_msg_count": .int(messageCount), "extra_update_at": 0, "creator_id": .string(creatorID),
      "scheme_id": .null, "props": .null, "group_constrained": .null, "shared": kind == .direct ? false : .null,
      "total_msg_count_root": .int(rootMessageCount), "policy_id": .null, "last_root_post_at": .int(lastRootPostAt),
    ]
  }

  /// Returns the name of the direct channel of two users: their ids in order.
  static func directName(_ one: String, _ other: String) -> String {
    "\(min(one, other))__\(max(one, other))"
  }
}
