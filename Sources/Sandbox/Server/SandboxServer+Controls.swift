import FoundationEssentials

/// What tests do to the world and see of it, past the network.
///
/// A channel is named by its name (`dev`), by its id, as `@bob` for the direct channel of the acting user and Bob, or
/// as `group` for the group message of Alice, Bob and the bot.
extension SandboxServer {
  /// The id of a user.
  package func userID(_ username: String) throws(SandboxError) -> String { try user(username).id }

  /// The token of a user, the bot's or a person's.
  package func token(of username: String) throws(SandboxError) -> String { world.token(of: try userID(username)) }

  /// The id of a channel, named as `username` sees it.
  package func channelID(_ channel: String, as username: String = "alice") async throws(SandboxError) -> String {
    try await channelID(channel, for: try user(username))
  }

  /// Posts as a user, and returns the post's id.
  ///
  /// - Parameters:
  ///   - root: the id of the post whose thread to answer in.
  ///   - props: what hangs on it.
  ///   - files: the contents of files that hang on it, by their names.
  ///   - flaw: what is wrong with how it is told of.
  @discardableResult
  package func post(
    as username: String, in channel: String, _ text: String, root: String? = nil, props: [String: String] = [:],
    files: KeyValuePairs<String, [UInt8]> = [:], flaw: PostFault? = nil
  ) async throws(SandboxError) -> String {
    let user = try user(username)
    let channelID = try await channelID(channel, for: user)
    do {
      var fileIDs: [String] = []
      for (name, content) in files {
        fileIDs.append(try await world.upload(Data(content), named: name, to: channelID, by: user).id)
      }
      return try await world.post(
        SandboxState.Draft(
          channelID: channelID, message: text, rootID: root ?? "", props: props, fileIDs: fileIDs, flaw: flaw),
        as: user
      ).post.id
    } catch { throw SandboxError(error) }
  }

  /// Changes a user's own post.
  package func edit(_ postID: String, as username: String, to text: String) async throws(SandboxError) {
    let user = try user(username)
    do { _ = try await world.edit(postID, to: text, as: user) } catch { throw SandboxError(error) }
  }

  /// Puts a whole new post in the place of a user's own, as clients may that know no other way: its props are replaced.
  package func update(
    _ postID: String, as username: String, to text: String, props: [String: String] = [:]
  ) async throws(SandboxError) {
    let user = try user(username)
    do { _ = try await world.update(postID, to: text, props: props, as: user) } catch { throw SandboxError(error) }
  }

  /// Gives a user another name, and tells of it unless not. These controls go on naming them as they began.
  package func rename(user username: String, to name: String, isTold: Bool = true) async throws(SandboxError) {
    await world.rename(user: try user(username).id, to: name, isTold: isTold)
  }

  /// Deletes a user's own post; as `admin`, anybody's.
  package func delete(_ postID: String, as username: String) async throws(SandboxError) {
    let user = try user(username)
    do { try await world.delete(postID, as: user) } catch { throw SandboxError(error) }
  }

  /// Puts an emoji on a post.
  package func react(to postID: String, as username: String, with emojiName: String) async throws(SandboxError) {
    let user = try user(username)
    do { _ = try await world.react(to: postID, with: emojiName, as: user) } catch { throw SandboxError(error) }
  }

  /// Adds a user to a channel of the team.
  package func add(_ username: String, to channel: String) async throws(SandboxError) {
    let user = try user(username)
    try await world.add(user, to: teamChannel(channel))
  }

  /// Takes a user out of a channel of the team.
  package func remove(_ username: String, from channel: String) async throws(SandboxError) {
    let user = try user(username)
    try await world.remove(user, from: teamChannel(channel))
  }

  /// Gives a channel of the team another name in links.
  package func rename(_ channel: String, to name: String) async throws(SandboxError) {
    await world.rename(try await teamChannel(channel).id, to: name)
  }

  /// Archives a channel of the team.
  package func archive(_ channel: String) async throws(SandboxError) {
    await world.archive(try await teamChannel(channel).id)
  }

  /// Lets only the admins of a channel of the team post there, of whom there are none; or everyone again.
  package func moderate(_ channel: String, _ isModerated: Bool = true) async throws(SandboxError) {
    let channel = try await teamChannel(channel)
    await world.moderate(channel.id, isModerated)
  }

  /// The posts of a channel that are not deleted, oldest first.
  ///
  /// - Parameter username: through whose eyes `channel` is named; only matters for `@name`.
  package func posts(in channel: String, as username: String = "alice") async throws(SandboxError) -> [SandboxPost] {
    let channelID = try await channelID(channel, for: try user(username))
    return await world.shownPosts().filter { $0.channelID == channelID }
  }

  /// What a user says in all channels, in no order: quick, for those who look often.
  package func messages(of username: String) async throws(SandboxError) -> [String] {
    let id = try user(username).id
    return await world.posts.values.filter { $0.userID == id && $0.deleteAt == 0 }.map(\.message)
  }

  /// The first post that `condition` takes, of those already there and of those to come.
  ///
  /// - Parameters:
  ///   - earlier: only posts later than the one of this id count.
  ///   - limit: how long to wait.
  /// - Throws: `SandboxError.timedOut`, also when the calling task is cancelled.
  package func nextPost(
    after earlier: String? = nil, within limit: Duration = .seconds(10),
    where condition: @escaping @Sendable (SandboxPost) -> Bool
  ) async throws(SandboxError) -> SandboxPost {
    try await world.wait(within: limit, for: "a post") { world throws(SandboxError) in
      let start = earlier.flatMap { world.posts[$0]?.createAt } ?? 0
      return world.shownPosts(after: start).first(where: condition)
    }
  }

  /// Waits until a user, the bot when not said otherwise, is connected to the WebSocket.
  package func waitForConnection(
    of username: String = "edgecrab", within limit: Duration = .seconds(10)
  ) async throws(SandboxError) {
    let user = try user(username)
    try await world.wait(within: limit, for: "\(username) to connect") { world throws(SandboxError) in
      world.isConnected(user.id) ? () : nil
    }
  }

  /// Drops every WebSocket without a close frame, and returns once they are gone. Clients may come back and resume.
  package func dropConnections() async throws(SandboxError) {
    let last = await world.socketsOpened
    await world.dropSockets()
    try await world.wait(within: .seconds(10), for: "the sockets to close") { world throws(SandboxError) in
      world.sockets.keys.allSatisfy { $0 > last } ? () : nil
    }
  }

  private func user(_ name: String) throws(SandboxError) -> User {
    guard let user = world.user(named: name) else { throw .unknownUser(name) }
    return user
  }

  private func channelID(_ name: String, for user: User) async throws(SandboxError) -> String {
    let channels = await world.channels.values
    let found: Channel?
    if name.hasPrefix("@") {
      let directName = Channel.directName(user.id, try self.user(String(name.dropFirst())).id)
      found = channels.first { $0.name == directName }
    } else {
      found = channels.first { $0.id == name || $0.name == name || name == "group" && $0.kind == .group }
    }
    guard let found else { throw .unknownChannel(name) }
    return found.id
  }

  private func teamChannel(_ name: String) async throws(SandboxError) -> Channel {
    guard let channel = await world.channels.values.first(where: { $0.name == name && !$0.teamID.isEmpty }) else {
      throw .unknownChannel(name)
    }
    return channel
  }
}

extension SandboxState {
  /// Every post made after a moment that is not deleted, in the order of their making.
  fileprivate func shownPosts(after moment: Int = 0) -> [SandboxPost] {
    posts.values.filter { $0.createAt > moment && $0.deleteAt == 0 }.sorted { $0.createAt < $1.createAt }.map { post in
      SandboxPost(
        id: post.id, author: users[post.userID]?.username ?? "", channelID: post.channelID,
        rootID: post.rootID.isEmpty ? nil : post.rootID, message: post.message, type: post.type,
        createAt: post.createAt,
        files: Dictionary(
          post.files.map { ($0.name, String(decoding: $0.content, as: UTF8.self)) }, uniquingKeysWith: { $1 }),
        reactions: post.reactions.map(\.emojiName), rings: ringing(post), isEdited: post.editAt != 0)
    }
  }

  /// Whom a post rings, by name.
  private func ringing(_ post: Post) -> [String] {
    guard let author = users[post.userID], let channel = channels[post.channelID] else { return [] }
    return mentions(of: post, by: author, in: channel).compactMap { users[$0]?.username }.sorted()
  }
}
