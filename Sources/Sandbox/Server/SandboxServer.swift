import FoundationEssentials
import HTTPServing
package import Logging

/// A stand-in for Mattermost on loopback: a part of REST API v4, the WebSocket, and a chat page for the browser.
///
/// Its state is in memory and lost at its end. Only this machine reaches it, unless it listens at another address.
package final class SandboxServer: Sendable {
  /// The base address without a trailing slash, for `MATTERMOST_URL`.
  package let url: String
  /// The token of the bot `edgecrab`.
  package let botToken: String
  /// The address of the chat page. Its key lets the page act as the users; other sites do not have it.
  package let pageURL: String

  let state: SandboxState
  private let endpoint: Endpoint
  private let http: HTTPServer

  /// The address of a sandbox, which is the same after a restart.
  private struct Endpoint: Sendable {
    let host: String
    var port: UInt16
    let pageKey: String
    let logger: Logger
  }

  /// Starts a sandbox on `port`, or on any free port if it is 0.
  ///
  /// - Parameters:
  ///   - host: the IPv4 address to listen at.
  ///   - botToken: the token of the bot; a random one if `nil`.
  ///   - postsKept: the posts that a channel stores; `Limits.postsKeptMax` if `nil`.
  ///   - people: the number of users in addition to those of the page: `person-1` and so on.
  ///   - rooms: the number of channels in addition to those of the page: `room-1` and so on.
  ///   - clockAhead: the difference of its clock to this machine's; negative if it is behind.
  /// - Throws: `SandboxError.cannotListen`, for example if the port is in use.
  package static func start(
    host: String = "127.0.0.1", port: UInt16 = 0, botToken: String? = nil, postsKept: Int? = nil, people: Int = 0,
    rooms: Int = 0, clockAhead: Duration = .zero, logger: Logger
  ) async throws(SandboxError) -> SandboxServer {
    let endpoint = Endpoint(host: host, port: port, pageKey: MattermostID.random(), logger: logger)
    let state = SandboxState(
      botToken: botToken ?? MattermostID.random(), postsKeptMax: postsKept ?? Limits.postsKeptMax,
      people: people, rooms: rooms, clockAhead: clockAhead)
    return try await start(state, at: endpoint)
  }

  /// Starts a sandbox at the address of a stopped one, with its state.
  func start(again state: SandboxState) async throws(SandboxError) -> SandboxServer {
    try await Self.start(state, at: endpoint)
  }

  private static func start(_ state: SandboxState, at endpoint: Endpoint) async throws(SandboxError) -> SandboxServer {
    var endpoint = endpoint
    let router = RequestRouter(state: state, host: endpoint.host, pageKey: endpoint.pageKey, logger: endpoint.logger)
    do throws(HTTPServerError) {
      let http = try await HTTPServer.start(
        host: endpoint.host, port: Int(endpoint.port), limits: Limits.http, logger: endpoint.logger
      ) { await router.answer($0) }
      endpoint.port = UInt16(http.port)
      endpoint.logger.debug("sandbox listens", metadata: ["port": "\(endpoint.port)"])
      return SandboxServer(state, at: endpoint, http)
    } catch {
      throw .cannotListen(host: endpoint.host, port: endpoint.port, reason: error.description)
    }
  }

  private init(_ state: SandboxState, at endpoint: Endpoint, _ http: HTTPServer) {
    url = "http://\(endpoint.host):\(endpoint.port)"
    botToken = state.token(of: Fixtures.userID(Fixtures.botName))
    // A fragment is never sent, so it is in no log and no referrer.
    pageURL = "\(url)/#key=\(endpoint.pageKey)"
    self.state = state
    self.endpoint = endpoint
    self.http = http
  }

  deinit { Task { [http] in await http.stop() } }

  /// Runs until `stop()`, or until the calling task is cancelled, which stops the sandbox.
  package func run() async {
    await withTaskCancellationHandler {
      await http.run()
    } onCancel: {
      Task { await stop() }
    }
  }

  /// Stops listening and ends every connection.
  package func stop() async {
    await state.dropSockets()
    await http.stop()
  }
}

extension SandboxServer {
  /// Adds users, teams, channels and webhooks that do not exist yet. The page shows them at once.
  ///
  /// - Returns: The names that it cannot have, because Mattermost would not accept them or there are too many.
  package func add(_ names: SandboxNames) async -> [String] { await state.add(names) }

  /// Sets what the page shows to explain a post.
  package func explainPosts(_ explain: @escaping @Sendable (SandboxPost) async -> String) async {
    await state.setExplanation(explain)
  }

  /// Injects a fault: now, or into the next frames or calls.
  package func misbehave(_ fault: Fault) async { await state.misbehave(fault) }

  /// The highest number of concurrent calls by the bot so far.
  package var mostCallsAtOnce: Int { get async { await state.mostCallsAtOnce } }

  /// Stops without a close frame, and starts again at the same address with the same posts and without connections.
  ///
  /// - Parameter meanwhile: called while the sandbox is stopped.
  /// - Returns: The new sandbox.
  package func restarted(meanwhile: () async throws(SandboxError) -> Void = {}) async throws(SandboxError)
    -> SandboxServer
  {
    await stop()
    await state.forget()
    try await meanwhile()
    return try await start(again: state)
  }
}

/// Controls for tests, without the network.
///
/// A channel is given by its name (`dev`, or `core/dev` in the team `core`), by its id, as `@bob` for the direct channel of the acting user and Bob, or
/// as `group` for the group message of Alice, Bob and the bot.
extension SandboxServer {
  package func userID(_ username: String) throws(SandboxError) -> String { try user(username).id }

  /// Advances its clock, by which posts are dated and which the `Date` of each response shows.
  package func advanceClock(by duration: Duration) { state.advanceClock(by: duration) }

  /// Returns the token of a user or of the bot.
  package func token(of username: String) throws(SandboxError) -> String { state.token(of: try userID(username)) }

  /// Returns the id of a channel, from the point of view of `username`.
  package func channelID(_ channel: String, as username: String = "alice") async throws(SandboxError) -> String {
    try await channelID(channel, for: try user(username))
  }

  /// Posts as a user.
  ///
  /// - Parameters:
  ///   - root: the id of the root post of the thread to reply in.
  ///   - files: the contents of attached files, by their names.
  ///   - fault: a fault of the post in answers and events.
  /// - Returns: The id of the post.
  @discardableResult
  package func post(
    as username: String, in channel: String, _ text: String, root: String? = nil, props: [String: String] = [:],
    files: KeyValuePairs<String, [UInt8]> = [:], fault: PostFault? = nil
  ) async throws(SandboxError) -> String {
    let user = try user(username)
    let channelID = try await channelID(channel, for: user)
    do {
      var fileIDs: [String] = []
      for (name, content) in files {
        fileIDs.append(try await state.upload(Data(content), named: name, to: channelID, by: user).id)
      }
      return try await state.post(
        SandboxState.Draft(
          channelID: channelID, message: text, rootID: root ?? "", props: props, fileIDs: fileIDs, fault: fault),
        as: user
      ).post.id
    } catch { throw SandboxError(error) }
  }

  /// Changes the text of a user's own post.
  package func edit(_ postID: String, as username: String, to text: String) async throws(SandboxError) {
    let user = try user(username)
    do { _ = try await state.edit(postID, to: text, as: user) } catch { throw SandboxError(error) }
  }

  /// Replaces a user's own post including its props, as clients without `patch` do.
  package func update(
    _ postID: String, as username: String, to text: String, props: [String: String] = [:]
  ) async throws(SandboxError) {
    let user = try user(username)
    do { _ = try await state.update(postID, to: text, props: props, as: user) } catch { throw SandboxError(error) }
  }

  /// Renames a user, with or without the event. These controls still use the original name.
  package func rename(user username: String, to name: String, sendsEvent: Bool = true) async throws(SandboxError) {
    await state.rename(user: try user(username).id, to: name, sendsEvent: sendsEvent)
  }

  /// Deletes a user's own post, or any post as `admin`.
  package func delete(_ postID: String, as username: String) async throws(SandboxError) {
    let user = try user(username)
    do { try await state.delete(postID, as: user) } catch { throw SandboxError(error) }
  }

  /// Adds a reaction to a post.
  package func react(to postID: String, as username: String, with emojiName: String) async throws(SandboxError) {
    let user = try user(username)
    do { _ = try await state.react(to: postID, with: emojiName, as: user) } catch { throw SandboxError(error) }
  }

  /// Adds a user to a channel of the team.
  package func add(_ username: String, to channel: String) async throws(SandboxError) {
    let user = try user(username)
    try await state.add(user, to: teamChannel(channel))
  }

  /// Removes a user from a channel of the team.
  package func remove(_ username: String, from channel: String) async throws(SandboxError) {
    let user = try user(username)
    try await state.remove(user, from: teamChannel(channel))
  }

  /// Changes the name of a channel of the team in links.
  package func rename(_ channel: String, to name: String) async throws(SandboxError) {
    await state.rename(try await teamChannel(channel).id, to: name)
  }

  /// Archives a channel of the team.
  package func archive(_ channel: String) async throws(SandboxError) {
    await state.archive(try await teamChannel(channel).id)
  }

  /// Moderates a channel of the team, so that members may not post there, or stops that.
  package func moderate(_ channel: String, _ isModerated: Bool = true) async throws(SandboxError) {
    let channel = try await teamChannel(channel)
    await state.moderate(channel.id, isModerated)
  }

  /// Returns the posts of a channel that are not deleted, oldest first.
  ///
  /// - Parameter username: the user for whom `@name` is a direct channel.
  package func posts(in channel: String, as username: String = "alice") async throws(SandboxError) -> [SandboxPost] {
    let channelID = try await channelID(channel, for: try user(username))
    return await state.shownPosts().filter { $0.channelID == channelID }
  }

  /// Returns the messages of a user in all channels, in no particular order. It is fast, for frequent calls.
  package func messages(of username: String) async throws(SandboxError) -> [String] {
    let id = try user(username).id
    return await state.posts.values.filter { $0.userID == id && $0.deleteAt == 0 }.map(\.message)
  }

  /// Returns the first post that meets a condition, now or later.
  ///
  /// - Parameters:
  ///   - earlier: the id of a post after which the post has to come.
  ///   - limit: the time to wait.
  /// - Throws: `SandboxError.timedOut`, also if the calling task is cancelled.
  package func nextPost(
    after earlier: String? = nil, within limit: Duration = .seconds(10),
    where condition: @escaping @Sendable (SandboxPost) -> Bool
  ) async throws(SandboxError) -> SandboxPost {
    try await state.wait(within: limit, for: "a post") { state throws(SandboxError) in
      let start = earlier.flatMap { state.posts[$0]?.createAt } ?? 0
      return state.shownPosts(after: start).first(where: condition)
    }
  }

  /// Waits until a user is connected to the WebSocket.
  package func waitForConnection(
    of username: String = "edgecrab", within limit: Duration = .seconds(10)
  ) async throws(SandboxError) {
    let user = try user(username)
    try await state.wait(within: limit, for: "\(username) to connect") { state throws(SandboxError) in
      state.isConnected(user.id) ? () : nil
    }
  }

  /// Drops every WebSocket without a close frame, and returns when they are closed. Clients may resume.
  package func dropConnections() async throws(SandboxError) {
    let last = await state.socketsOpened
    await state.dropSockets()
    try await state.wait(within: .seconds(10), for: "the sockets to close") { state throws(SandboxError) in
      state.sockets.keys.allSatisfy { $0 > last } ? () : nil
    }
  }

  private func user(_ name: String) throws(SandboxError) -> Account {
    guard let user = state.user(named: name) else { throw .unknownUser(name) }
    return user
  }

  private func channelID(_ name: String, for user: Account) async throws(SandboxError) -> String {
    let channels = await state.channels.values
    let found: SandboxChannel?
    if name.hasPrefix("@") {
      let directName = SandboxChannel.directName(user.id, try self.user(String(name.dropFirst())).id)
      found = channels.first { $0.name == directName }
    } else {
      let byName = await state.teamChannel(name)
      found = byName ?? channels.first { $0.id == name || $0.name == name || name == "group" && $0.kind == .group }
    }
    guard let found else { throw .unknownChannel(name) }
    return found.id
  }

  private func teamChannel(_ name: String) async throws(SandboxError) -> SandboxChannel {
    guard let channel = await state.teamChannel(name) else { throw .unknownChannel(name) }
    return channel
  }
}

extension SandboxState {
  func setExplanation(_ explain: @escaping @Sendable (SandboxPost) async -> String) { explanation = explain }

  /// Returns a post that is not deleted.
  func shownPost(_ id: String) -> SandboxPost? { posts[id].flatMap { $0.deleteAt == 0 ? shown($0) : nil } }

  /// Returns the posts after a moment that are not deleted, in order.
  fileprivate func shownPosts(after moment: Int = 0) -> [SandboxPost] {
    posts.values.filter { $0.createAt > moment && $0.deleteAt == 0 }.sorted { $0.createAt < $1.createAt }.map(shown)
  }

  private func shown(_ post: StoredPost) -> SandboxPost {
    SandboxPost(
      id: post.id, author: users[post.userID]?.username ?? "", channelID: post.channelID,
      rootID: post.rootID.isEmpty ? nil : post.rootID, message: post.message, type: post.type,
      createAt: post.createAt,
      files: Dictionary(
        post.files.map { ($0.name, String(decoding: $0.content, as: UTF8.self)) }, uniquingKeysWith: { $1 }),
      reactions: post.reactions.map(\.emojiName), rings: notifiedUsers(post), isEdited: post.editAt != 0,
      botMayRead: users[Fixtures.userID(Fixtures.botName)].flatMap { try? channel(post.channelID, for: $0) } != nil)
  }

  /// Returns the names of the users that a post notifies.
  private func notifiedUsers(_ post: StoredPost) -> [String] {
    guard let author = users[post.userID], let channel = channels[post.channelID] else { return [] }
    return mentions(of: post, by: author, in: channel).compactMap { users[$0]?.username }.sorted()
  }
}
