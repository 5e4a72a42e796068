/// A new post, with what the server tells beside it.
package struct PostedEvent: Sendable, Equatable {
  /// The post itself.
  package var post: Post
  /// The channel's name in links.
  package var channelName: String
  /// The channel's name as people read it.
  package var channelDisplayName: String
  /// `O` public, `P` private, `D` direct, `G` group.
  package var channelType: String
  /// The author's name as the server writes it: with an `@`, or whatever name a webhook's post claims.
  package var senderName: String
  /// The team's id; empty in direct and group channels.
  package var teamID: String
  /// The ids of the users whom the server counts as mentioned; nil if it does not say.
  package var mentions: [String]?

  /// Puts a posted event together.
  package init(
    post: Post, channelName: String, channelDisplayName: String = "", channelType: String, senderName: String,
    teamID: String = "", mentions: [String]? = nil
  ) {
    self.post = post
    self.channelName = channelName
    self.channelDisplayName = channelDisplayName
    self.channelType = channelType
    self.senderName = senderName
    self.teamID = teamID
    self.mentions = mentions
  }
}
