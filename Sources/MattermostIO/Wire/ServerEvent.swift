/// What the server says on the event socket, as far as a bot cares.
///
/// See "WebSocket" in <https://developers.mattermost.com/api-documentation/>.
package enum ServerEvent: Sendable, Equatable {
  /// The connection is authenticated and events follow.
  case hello(connectionID: String, serverVersion: String)
  /// Somebody posted.
  case posted(PostedEvent)
  /// Somebody edited a post.
  case postEdited(Post)
  /// Somebody deleted a post.
  case postDeleted(Post)
  /// Somebody put an emoji on a post.
  case reactionAdded(emoji: String, post: String, user: String)
  /// A user came into a channel.
  case userAdded(user: String, channel: String)
  /// A user left a channel.
  case userRemoved(user: String, channel: String)
  /// A user came into a team.
  case teamJoined(user: String, team: String)
  /// A channel was made, changed, archived, restored, or opened with the bot.
  case channelChanged(channel: String)
  /// A user's account changed; this is its id, its name, and whether it is a bot's, now.
  case userUpdated(user: String, name: String, isBot: Bool)
  /// A team changed; this is its name now.
  case teamUpdated(team: String, name: String)
  /// The server answers an action that we sent, by its number.
  case statusReply(to: Int64, status: String)
  /// Anything else, by its name.
  case other(name: String)
}
