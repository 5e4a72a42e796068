import Core

extension SandboxState {
  /// A channel that `user` may see.
  func channel(_ id: String, for user: User) throws(AppError) -> Channel {
    guard let channel = channels[id] else { throw .channelMissing }
    guard channel.kind == .open || channel.memberIDs.contains(user.id) else { throw .forbidden }
    return channel
  }

  /// A channel of the team by its name.
  func channel(named name: String, for user: User) throws(AppError) -> Channel {
    let found = channels.values.first { !$0.teamID.isEmpty && $0.name == name.lowercased() }
    // A private channel of others is not told apart from none.
    guard let found, found.kind == .open || found.memberIDs.contains(user.id) else { throw .channelNameMissing }
    return found
  }

  /// A channel that `user` may read and write. One that does not exist is refused the same way.
  func joinedChannel(_ id: String, of user: User) throws(AppError) -> Channel {
    guard let channel = channels[id], channel.memberIDs.contains(user.id) else { throw .forbidden }
    return channel
  }

  /// The channels that `user` is in, without the archived, direct ones included: as `users/me/teams/…/channels`.
  func channels(of user: User) -> [Channel] {
    channels.values.filter { $0.memberIDs.contains(user.id) && $0.deleteAt == 0 }
      .sorted { ($0.displayName, $0.name) < ($1.displayName, $1.name) }
  }

  /// The direct channel of two users, made when there is none.
  func directChannel(of userIDs: [String], by user: User) throws(AppError) -> Channel {
    guard userIDs.count == 2, userIDs.allSatisfy({ users[$0] != nil }) else { throw .invalidBody("user_ids") }
    guard userIDs.contains(user.id) else { throw .forbidden }
    let other = userIDs[0] == user.id ? userIDs[1] : userIDs[0]
    let name = Channel.directName(user.id, other)
    if let channel = channels.values.first(where: { $0.name == name }) { return channel }
    let channel = Fixtures.direct(user.id, other, createAt: moment())
    channels[channel.id] = channel
    return channel
  }

  /// Adds a user to a channel, with the event and the system post that Mattermost sends.
  func add(_ user: User, to channel: Channel) {
    guard !channel.memberIDs.contains(user.id) else { return }
    channels[channel.id]?.memberIDs.insert(user.id)
    let username = users[user.id]?.username ?? user.username
    emit(.userAdded(user.id, to: channel))
    postSystemMessage(
      "\(username) added to the channel by \(Fixtures.adminName).", type: "system_add_to_channel", in: channel.id,
      props: [
        "addedUserId": .string(user.id), "addedUsername": .string(username),
        "userId": .string(Fixtures.userID(Fixtures.adminName)), "username": .string(Fixtures.adminName),
      ], mentions: [user.id])
  }

  /// Takes a user out of a channel and tells them.
  func remove(_ user: User, from channel: Channel) {
    guard channel.memberIDs.contains(user.id) else { return }
    channels[channel.id]?.memberIDs.remove(user.id)
    emit(.userRemoved(user.id, from: channel.id, by: Fixtures.userID(Fixtures.adminName)))
  }

  /// Gives a channel another name in links, and tells its members.
  func rename(_ channelID: String, to name: String) {
    channels[channelID]?.name = name
    guard let channel = channels[channelID] else { return }
    emit(.channelUpdated(channel))
  }

  /// Archives a channel, and tells its members.
  func archive(_ channelID: String) {
    channels[channelID]?.deleteAt = moment()
    emit(.channelDeleted(channelID, at: channels[channelID]?.deleteAt ?? 0))
  }

  /// Takes the right to post from a channel's members, or gives it back.
  func moderate(_ channelID: String, _ isModerated: Bool) {
    if isModerated { moderated.insert(channelID) } else { moderated.remove(channelID) }
  }

  /// Tells the others of a channel that `user` writes.
  func typing(_ user: User, in channelID: String, threadID: String) throws(AppError) {
    let channel = try joinedChannel(channelID, of: user)
    emit(.typing(user.id, in: channel.id, threadID: threadID))
  }
}
