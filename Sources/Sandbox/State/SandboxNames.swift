/// Users, teams, channels and webhooks to add to those of the fixtures, such as those that a rules file names.
package struct SandboxNames: Sendable, Equatable {
  package struct User: Sendable, Hashable {
    package var name: String
    package var isBot: Bool

    package init(_ name: String, isBot: Bool = false) {
      self.name = name
      self.isBot = isBot
    }
  }

  package struct Channel: Sendable, Hashable {
    /// The name of the team; `nil` is the team of the fixtures.
    package var team: String?
    package var name: String
    package var isPrivate: Bool

    package init(_ name: String, team: String? = nil, isPrivate: Bool = false) {
      self.team = team
      self.name = name
      self.isPrivate = isPrivate
    }
  }

  package struct Webhook: Sendable, Hashable {
    /// The name that its posts show.
    package var name: String
    /// The user that created it and whose account posts; `nil` is the administrator.
    package var owner: String?
    /// The channel of its posts that name none; `nil` is `town-square`.
    package var channel: Channel?

    package init(_ name: String, owner: String? = nil, channel: Channel? = nil) {
      self.name = name
      self.owner = owner
      self.channel = channel
    }
  }

  package var teams: [String]
  package var users: [User]
  package var channels: [Channel]
  package var webhooks: [Webhook]

  package init(
    teams: [String] = [], users: [User] = [], channels: [Channel] = [], webhooks: [Webhook] = []
  ) {
    self.teams = teams
    self.users = users
    self.channels = channels
    self.webhooks = webhooks
  }
}

extension SandboxState {
  /// Adds what does not exist yet, with the events. Every user and the bot join every team and every new channel.
  ///
  /// - Returns: The names that it cannot have, because Mattermost would not accept them or there are too many.
  func add(_ names: SandboxNames) -> [String] {
    var refused: [String] = []
    for name in names.teams where !add(team: name) { refused.append(name) }
    for user in names.users where !add(user) { refused.append("@\(user.name)") }
    for channel in names.channels where !add(channel) { refused.append("~\(channel.name)") }
    for webhook in names.webhooks where !add(webhook) { refused.append(webhook.name) }
    emit(.sandboxChanged)
    notifyObservers()
    return refused
  }

  /// Returns a channel of a team by `name`, or by `team/name` if it is not in the team of the fixtures.
  func teamChannel(_ reference: String) -> SandboxChannel? {
    let parts = reference.split(separator: "/", maxSplits: 1).map(String.init)
    guard let name = parts.last, let team = parts.count == 1 ? teams.first : self.team(named: parts[0]) else {
      return nil
    }
    return channel(named: name, in: team.id)
  }

  func team(named name: String) -> Team? { teams.first { $0.name == name.lowercased() } }

  func channel(named name: String, in teamID: String) -> SandboxChannel? {
    channels.values.first { $0.teamID == teamID && $0.name == name.lowercased() }
  }

  private func add(team name: String) -> Bool {
    guard team(named: name) == nil else { return true }
    guard Self.isName(name), teams.count < Limits.teamsMax else { return false }
    let team = Team(
      id: MattermostID.fixed("team:\(name)"), name: name, displayName: Fixtures.displayName(of: name),
      createAt: nextMoment())
    teams.append(team)
    emit(.addedToTeam(team.id, Fixtures.userID(Fixtures.botName)))
    return add(SandboxNames.Channel(Fixtures.mainChannel, team: name))
  }

  private func add(_ new: SandboxNames.User) -> Bool {
    guard user(named: new.name) == nil else { return true }
    guard Self.isName(new.name), users.count < Limits.usersMax else { return false }
    let user = Account(
      id: Fixtures.userID(new.name), username: new.name, firstName: "", isBot: new.isBot, createAt: nextMoment())
    add(user)
    for channel in channels.values where !channel.teamID.isEmpty && channel.deleteAt == 0 {
      channels[channel.id]?.memberIDs.insert(user.id)
    }
    let direct = Fixtures.direct(user.id, Fixtures.userID(Fixtures.botName), createAt: user.createAt)
    channels[direct.id] = direct
    emit(.newUser(user.id))
    return true
  }

  private func add(_ new: SandboxNames.Channel) -> Bool {
    guard let team = new.team.map(team(named:)) ?? teams.first else { return false }
    guard channel(named: new.name, in: team.id) == nil else { return true }
    guard Self.isName(new.name), channels.count < Limits.channelsMax else { return false }
    let channel = SandboxChannel(
      id: MattermostID.fixed(team == teams.first ? "channel:\(new.name)" : "channel:\(team.name)/\(new.name)"),
      kind: new.isPrivate ? .restricted : .open, teamID: team.id, name: new.name,
      displayName: Fixtures.displayName(of: new.name), header: "", creatorID: Fixtures.userID(Fixtures.adminName),
      createAt: nextMoment(), deleteAt: 0, memberIDs: Set(users.keys))
    channels[channel.id] = channel
    emit(.userAdded(Fixtures.userID(Fixtures.botName), to: channel))
    return true
  }

  private func add(_ new: SandboxNames.Webhook) -> Bool {
    let owner = user(named: new.owner ?? Fixtures.adminName)
    let team = new.channel?.team.map(team(named:)) ?? teams.first
    let channelName = new.channel?.name ?? Fixtures.mainChannel
    guard let owner, let team, let channel = channel(named: channelName, in: team.id), !new.name.isEmpty else {
      return false
    }
    let isKnown = webhooks.contains {
      $0.displayName == new.name && $0.ownerID == owner.id && $0.channelID == channel.id
    }
    if isKnown { return true }
    guard webhooks.count < Limits.webhooksMax, new.name.utf8.count <= Limits.nameLengthMax else { return false }
    webhooks.append(
      IncomingWebhook(
        id: MattermostID.random(), displayName: new.name, ownerID: owner.id, teamID: team.id, channelID: channel.id))
    return true
  }

  /// Returns whether Mattermost accepts a name of a user, team or channel. A name like an id would be taken for one.
  private static func isName(_ text: String) -> Bool {
    (1...Limits.entityNameMax).contains(text.utf8.count) && !MattermostID.isValid(text)
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || "._-".utf8.contains(byte)
      }
  }
}
