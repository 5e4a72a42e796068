/// The users and channels that the sandbox starts with: the fictitious ones of the recordings.
struct Fixtures: Sendable {
  /// The bot of the gateway.
  static let botName = "edgecrab"
  /// The user who appears in posts of the server.
  static let adminName = "admin"
  /// The users that the page can act as.
  static let speakers = ["alice", "bob", "carol.o-brien", "mallory", "otherbot"]
  /// The channel that every team has.
  static let mainChannel = "town-square"

  let team: Team
  let users: [Account]
  let channels: [SandboxChannel]
  /// The recorded webhook, which the administrator created. Its id is a secret, and so a new one at each start.
  let webhook: IncomingWebhook

  /// - Parameters:
  ///   - people: the number of further users, `person-1` and so on, who are in every channel of the team but `ops`.
  ///   - rooms: the number of further open channels, `room-1` and so on, with all users.
  init(createAt: Int, people: Int = 0, rooms: Int = 0) {
    let teamID = MattermostID.fixed("team:acme")
    team = Team(id: teamID, name: "acme", displayName: "Acme", createAt: createAt)

    func user(_ name: String, firstName: String = "", isBot: Bool = false) -> Account {
      Account(id: Self.userID(name), username: name, firstName: firstName, isBot: isBot, createAt: createAt)
    }
    users =
      [
        user(Self.adminName), user("alice"), user("bob"), user("carol.o-brien"), user("mallory"),
        user(Self.botName, firstName: "EdgeCrab", isBot: true), user("otherbot", isBot: true),
      ] + (0..<people).map { user("person-\($0 + 1)") }

    func channel(
      _ kind: SandboxChannel.Kind, _ name: String, _ displayName: String, header: String = "", deleteAt: Int = 0,
      members: [String]
    ) -> SandboxChannel {
      SandboxChannel(
        id: MattermostID.fixed("channel:\(name)"), kind: kind, teamID: teamID, name: name, displayName: displayName,
        header: header, creatorID: Self.userID(Self.adminName), createAt: createAt, deleteAt: deleteAt,
        memberIDs: Set(members.map(Self.userID)))
    }
    let everyone = users.map(\.username)
    let inTeam = [
      channel(.open, Self.mainChannel, "Town Square", members: everyone),
      channel(.open, "dev", "Dev", header: "Where the bot helps with code", members: everyone),
      channel(
        .restricted, "ops", "Ops", header: "Private: Alice, Carol and the bot",
        members: [Self.adminName, "alice", "carol.o-brien", Self.botName]),
      channel(
        .open, "random", "Random", header: "The bot is not a member: it receives nothing here",
        members: everyone.filter { $0 != Self.botName }),
      channel(.open, "attic", "Attic", header: "Archived", deleteAt: createAt, members: everyone),
    ]
    let more = (0..<rooms).map { channel(.open, "room-\($0 + 1)", "Room \($0 + 1)", members: everyone) }
    let direct = everyone.filter { $0 != Self.botName && $0 != Self.adminName }
      .map { Self.direct(Self.userID($0), Self.userID(Self.botName), createAt: createAt) }
    channels = inTeam + more + direct + [Self.group(["alice", "bob", Self.botName], createAt: createAt)]
    webhook = IncomingWebhook(
      id: MattermostID.random(), displayName: "ci", ownerID: Self.userID(Self.adminName), teamID: teamID,
      channelID: MattermostID.fixed("channel:dev"))
  }

  /// Returns a display name for a name in links: `Build Farm` for `build-farm`.
  static func displayName(of name: String) -> String {
    name.split { "-_.".contains($0) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
  }

  static func userID(_ name: String) -> String { MattermostID.fixed("user:\(name)") }

  /// Creates the direct channel of two users, the first of whom opened it.
  static func direct(_ creatorID: String, _ otherID: String, createAt: Int) -> SandboxChannel {
    let name = SandboxChannel.directName(creatorID, otherID)
    return SandboxChannel(
      id: MattermostID.fixed("channel:\(name)"), kind: .direct, teamID: "", name: name, displayName: "", header: "",
      creatorID: creatorID, createAt: createAt, deleteAt: 0, memberIDs: [creatorID, otherID])
  }

  private static func group(_ names: [String], createAt: Int) -> SandboxChannel {
    // Mattermost names a group by a hash of 40 hexadecimal digits. Only the form matters to a client.
    let name = "ede3d98de9bbb152490c4e0c8fc527d81d9b8320"
    return SandboxChannel(
      id: MattermostID.fixed("channel:\(name)"), kind: .group, teamID: "", name: name,
      displayName: names.sorted().joined(separator: ", "), header: "", creatorID: "", createAt: createAt, deleteAt: 0,
      memberIDs: Set(names.map(userID)))
  }
}
