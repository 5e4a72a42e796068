import Core
import Logging
import MattermostIO
import ServerLookup
import Sessions

/// Builds events from posts: adds the channel, the author's account and the state of the thread, which frames leave
/// out.
final class EventBuilder {
  private var decoder: EventDecoder
  private var channels: [ChannelID: Location]
  private let client: MattermostClient
  private let store: any SessionStore
  private let accounts: AccountDirectory
  private let recent: RecentPosts
  private let logger: Logger

  /// A channel and its team.
  struct Location {
    var channel: Channel
    /// The team; `nil` for direct and group channels.
    var team: TeamID?

    init(_ record: ChannelRecord) { (channel, team) = (record.channel, record.teamID) }

    init(_ event: Event) { (channel, team) = (event.channel, event.team) }
  }

  init(
    _ context: BotContext, client: MattermostClient, store: any SessionStore, accounts: AccountDirectory,
    recent: RecentPosts, logger: Logger
  ) {
    decoder = EventDecoder(bot: context.bot)
    channels = Dictionary(context.channels.map { ($0.id, Location($0)) }) { $1 }
    self.client = client
    self.store = store
    self.accounts = accounts
    self.recent = recent
    self.logger = logger
  }

  var bot: BotIdentity {
    get { decoder.bot }
    set { decoder.bot = newValue }
  }

  func record(_ channel: ChannelRecord) { channels[channel.id] = Location(channel) }

  /// Builds the event of a new post. Until the account is known, the author is taken from the post.
  func event(of posted: PostedEvent) async -> Event {
    var event = decoder.event(of: posted, joined: await hasJoined(posted.post.rootID))
    if let account = accounts[event.user.id] { event = event.written(by: account) }
    channels[event.channel.id] = Location(event)
    recent.record(event)
    return event
  }

  /// Builds the event of an edit.
  ///
  /// - Parameters:
  ///   - earlier: The mention before the edit, or `nil` if it does not matter.
  ///   - author: The author's account, or `nil` if it is not known.
  func event(
    ofEdited post: Post, in location: Location, earlier: Mention?, by author: UserRecord?, joined: Bool
  ) -> Event {
    var event = decoder.event(
      ofEdited: post, in: location.channel, team: location.team,
      userName: recent[post.id]?.userName ?? post.userID.rawValue, earlier: earlier, joined: joined)
    if let author { event = event.written(by: author) }
    recent.record(event)
    return event
  }

  /// Builds the event of a claim, from its post as it is now: of the post, or of an edit of it.
  func event(of claim: Claim, as post: Post, in location: Location, by author: UserRecord, joined: Bool) -> Event {
    guard let moment = claim.editedAt else {
      return decoder.event(
        of: post, in: location.channel, team: location.team, userName: author.username, joined: joined
      ).written(by: author)
    }
    var event = decoder.event(
      ofEdited: post, in: location.channel, team: location.team, userName: author.username, joined: joined)
    // A later edit would have another claim.
    event.milliseconds = moment
    return event.written(by: author)
  }

  /// Builds the event of a claim, and fetches its channel and its author's account.
  func event(of claim: Claim, as post: Post) async throws(MattermostError) -> Event {
    event(
      of: claim, as: post, in: try await location(of: post), by: try await accounts.account(post.userID),
      joined: await hasJoined(post.rootID))
  }

  /// Returns the channel of a post, and asks the server if it is not known.
  func location(of post: Post) async throws(MattermostError) -> Location {
    if let known = channels[post.channelID] { return known }
    let record = try await client.channel(post.channelID)
    self.record(record)
    return Location(record)
  }

  /// Returns whether the bot has posted in a thread.
  func hasJoined(_ root: PostID?) async -> Bool {
    guard let root else { return false }
    do {
      return try await store.hasJoined(thread: root)
    } catch {
      logger.error("thread not looked up", metadata: ["root": "\(root)", "reason": "\(error)"])
      return false
    }
  }
}
