package import Core
package import Logging
import MattermostIO
package import RuleEngine
package import Transport

/// A post that stands on the server, as the gateway would decide it if it came now.
package struct FetchedPost: Sendable {
  /// The event, made as the gateway makes it of a new post.
  package let event: Event
  /// The ids of the names that the rules use, looked up as the gateway does when it starts.
  package let directory: NameDirectory
  /// The name of its team; nil where it is in none, or in none of the bot's.
  package let teamName: String?
  /// Whether the bot is a member of its channel, or that is not known, because the channel is archived: else it hears nothing
  /// of it.
  package let isMember: Bool

  /// The id in a post's id or permalink (`https://…/team/pl/ID`); nil where there is none.
  package static func id(in reference: String) -> String? {
    let id = reference.split(separator: "/").last.map { String($0.prefix { $0 != "?" && $0 != "#" }) }
    return id.flatMap { $0.isMattermostID ? $0 : nil }
  }

  /// Looks up a post with all that an event knows of it.
  ///
  /// Over REST the server does not say whom it counts as mentioned; the post's text decides. Whether the bot had posted
  /// in the thread, the thread says.
  ///
  /// - Parameter storePath: the gateway's store, beside which it keeps what the rules' names stand for.
  package static func find(
    _ id: String, at address: WebAddress, token: Secret, certificate: ClientCertificate? = nil, for rules: RuleSet,
    storePath: String, logger: Logger
  ) async throws(GatewayError) -> FetchedPost {
    let client = MattermostClient(
      address: address, token: token, http: HTTPClient(logger: logger, certificate: certificate), logger: logger)
    let around: BotContext
    let event: Event
    let isMember: Bool
    do throws(MattermostError) {
      around = try await BotContext.ask(client)
      let post = try await client.post(id)
      let channel = try await client.channel(post.channelID)
      isMember = channel.deleteAt > 0 || around.channels.contains { $0.id == channel.id }
      let account = try await client.users(ids: [post.userID]).first
      let posted = PostedEvent(
        post: post, channelName: channel.name, channelType: channel.type,
        senderName: "@\(account?.username ?? post.userID)",
        teamID: channel.teamID)
      let thread = post.rootID.isEmpty ? [] : try await client.thread(of: id)
      let isJoined = thread.contains { $0.userID == around.bot.id && $0.createAt < post.createAt }
      let decoded = EventDecoder(bot: around.bot).event(of: posted, joined: isJoined)
      event = decoded.written(by: account ?? .unknown(post.userID))
    } catch {
      throw .mattermost(error)
    }
    let kept: PinnedNames
    do throws(PinnedNamesFileError) {
      kept = try PinnedNamesFile(besideStore: storePath).read(bot: around.bot.id)
    } catch {
      throw .names(error)
    }
    do throws(MattermostError) {
      let names = try await ResolvedNames(ReferencedNames(in: rules), kept: kept, around, client)
      return FetchedPost(
        event: event, directory: names.ids.directory, teamName: around.teams.first { $0.id == event.team }?.name,
        isMember: isMember)
    } catch {
      throw .mattermost(error)
    }
  }
}
