package import Core
package import Logging
package import MattermostIO
package import RuleEngine
package import Transport

/// A post on the server, as the gateway would decide it if it were posted now.
package struct FetchedPost: Sendable {
  package let event: Event
  /// The ids of the names in the rules, resolved as when the gateway starts.
  package let directory: NameDirectory
  /// The name of the post's team, or `nil` if it has none or the bot is not in it.
  package let teamName: String?
  /// True if the bot is a member of the channel; otherwise it does not receive the post. True for an archived channel,
  /// where membership is not known.
  package let isMember: Bool

  /// Returns the id in a post's id or permalink (`https://…/team/pl/ID`), or `nil` if there is none.
  package static func id(in reference: String) -> PostID? {
    let id = reference.split(separator: "/").last.map { String($0.prefix { $0 != "?" && $0 != "#" }) }
    return id.flatMap { $0.isMattermostID ? PostID($0) : nil }
  }

  /// Fetches a post with everything that its event needs.
  ///
  /// REST does not return whom the server counts as mentioned, so the text decides. Whether the bot had posted in the
  /// thread is read from the thread.
  ///
  /// - Parameter home: The gateway's folder, with the file of pinned names; `nil` if there is no gateway.
  package static func fetch(
    _ id: PostID, at address: WebAddress, token: Secret, certificate: ClientCertificate? = nil, for rules: RuleSet,
    home: String?, logger: Logger
  ) async throws(ServerLookupError) -> FetchedPost {
    let client = MattermostClient(
      address: address, token: token, http: HTTPClient(logger: logger, certificate: certificate), logger: logger)
    let context: BotContext
    let event: Event
    let isMember: Bool
    do throws(MattermostError) {
      context = try await BotContext.fetch(client)
      let post = try await client.post(id)
      let channel = try await client.channel(post.channelID)
      isMember = channel.deleteAt > 0 || context.channels.contains { $0.id == channel.id }
      event = try await self.event(of: post, in: channel, context, client)
    } catch {
      throw .server(error)
    }
    var pinned = PinnedNames()
    do throws(PinnedNamesFileError) {
      if let home { pinned = try PinnedNamesFile(in: home).read(bot: context.bot.id) }
    } catch {
      throw .pinnedNames(error)
    }
    do throws(MattermostError) {
      let names = try await ResolvedNames(ReferencedNames(in: rules), pinned: pinned, context, client)
      return FetchedPost(
        event: event, directory: names.ids.directory, teamName: context.teams.first { $0.id == event.team }?.name,
        isMember: isMember)
    } catch {
      throw .server(error)
    }
  }

  private static func event(
    of post: Post, in channel: ChannelRecord, _ context: BotContext, _ client: MattermostClient
  ) async throws(MattermostError) -> Event {
    let account = try await client.users(ids: [post.userID]).first
    let posted = PostedEvent(
      post: post, channelName: channel.name, channelType: channel.type,
      senderName: "@\(account?.username ?? post.userID.rawValue)", teamID: channel.teamID)
    let thread = post.rootID == nil ? [] : try await client.thread(of: post.id)
    let isJoined = thread.contains { $0.userID == context.bot.id && $0.createAt < post.createAt }
    return EventDecoder(bot: context.bot).event(of: posted, joined: isJoined)
      .written(by: account ?? .unknown(post.userID))
  }
}

extension UserRecord {
  /// Returns the account to assume for an id that the server does not know: a bot's, so that it has no person's rights.
  package static func unknown(_ id: UserID) -> UserRecord {
    UserRecord(id: id, username: id.rawValue, isBot: true)
  }
}
