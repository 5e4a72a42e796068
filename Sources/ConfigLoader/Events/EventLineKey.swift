/// The keys of an event's line. Those of a recorded event only stand behind the others.
enum EventLineKey: String, CaseIterable {
  case user, channel, team, kind, text, author, mention, thread, files, remote, edited, at
  case post, root, body, command, decided, outcomes
  case userID = "user_id"
  case channelID = "channel_id"
  case teamID = "team_id"
  case overrideName = "override_name"
}

/// The keys of `decided` in an event's line.
enum DecidedKey: String, CaseIterable {
  case rule, outcome, agent, command, session, shadows, rules
}

/// Any key of a map in JSON, so that those that nobody knows show themselves.
struct AnyKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(_ key: some RawRepresentable<String>) { stringValue = key.rawValue }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
