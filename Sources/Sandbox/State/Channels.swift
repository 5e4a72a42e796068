import Core

extension SandboxState {
  /// Returns a channel that `user` may see.
  func channel(_ id: String, for user: Account) throws(AppError) -> SandboxChannel {
    guard let channel = channels[id] else { throw .channelMissing }
    guard channel.kind == .open || channel.memberIDs.contains(user.id) else { throw .forbidden }
    return channel
  }

  /// Returns a channel of a team by its name.
  func channel(named name: String, in teamID: String, for user: Account) throws(AppError) -> SandboxChannel {
    let found = channel(named: name, in: teamID)
    // A private channel of others looks like one that does not exist.
    guard let found, found.kind == .open || found.memberIDs.contains(user.id) else { throw .channelNameMissing }
    return found
  }

  /// Returns a channel that `user` is in. A channel that does not exist is refused in the same way.
  func joinedChannel(_ id: String, of user: Account) throws(AppError) -> SandboxChannel {
    guard let channel = channels[id], channel.memberIDs.contains(user.id) else { throw .forbidden }
    return channel
  }

  /// Returns the channels of `user` that are not archived: those of a team or of all teams, and the direct ones.
  func channels(of user: Account, in teamID: String? = nil) -> [SandboxChannel] {
    channels.values
      .filter { $0.memberIDs.contains(user.id) && $0.deleteAt == 0 }
      .filter { teamID == nil || $0.teamID.isEmpty || $0.teamID == teamID }
      .sorted { ($0.displayName, $0.name) < ($1.displayName, $1.name) }
  }

  /// Returns the direct channel of two users, and creates it if necessary.
  func directChannel(of userIDs: [String], by user: Account) throws(AppError) -> SandboxChannel {
    guard userIDs.count == 2, userIDs.allSatisfy({ users[$0] != nil }) else { throw .invalidBody("user_ids") }
    guard userIDs.contains(user.id) else { throw .forbidden }
    let other = userIDs[0] == user.id ? userIDs[1] : userIDs[0]
    let name = SandboxChannel.directName(user.id, other)
    if let channel = channels.values.first(where: { $0.name == name }) { return channel }
    guard channels.count < Limits.channelsMax else { throw .tooManyChannels }
    let channel = Fixtures.direct(user.id, other, createAt: nextMoment())
    channels[channel.id] = channel
    return channel
  }

  /// Adds a user to a channel, with the event and the system post that Mattermost sends.
  func add(_ user: Account, to channel: SandboxChannel) {
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

  /// Removes a user from a channel, with the event.
  func remove(_ user: Account, from channel: SandboxChannel) {
    guard channel.memberIDs.contains(user.id) else { return }
    channels[channel.id]?.memberIDs.remove(user.id)
    emit(.userRemoved(user.id, from: channel.id, by: Fixtures.userID(Fixtures.adminName)))
  }

  /// Changes the name of a channel in links, with the event.
  func rename(_ channelID: String, to name: String) {
    channels[channelID]?.name = name
    guard let channel = channels[channelID] else { return }
    emit(.channelUpdated(channel))
  }

  /// Archives a channel, with the event.
  func archive(_ channelID: String) {
    channels[channelID]?.deleteAt = nextMoment()
    emit(.channelDeleted(channelID, at: channels[channelID]?.deleteAt ?? 0))
  }

  /// Forbids or allows the members of a channel to post.
  func moderate(_ channelID: String, _ isModerated: Bool) {
    if isModerated { moderated.insert(channelID) } else { moderated.remove(channelID) }
  }

  /// Sends the event that `user` is typing to the others of a channel.
  func typing(_ user: Account, in channelID: String, threadID: String) throws(AppError) {
    let channel = try joinedChannel(channelID, of: user)
    emit(.typing(user.id, in: channel.id, threadID: threadID))
  }
}
